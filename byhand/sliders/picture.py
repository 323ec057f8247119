"""A picture that a browser can replace by itself, when it knows the next."""

import anywidget
from ipywidgets import Widget, widget_serialization
from traitlets import Dict, Instance, List, Unicode


class Picture(anywidget.AnyWidget):
    """An SVG beside the controls that it depends on.

    value: the SVG that is shown. controls: the widgets it depends on.
    ahead: key to SVG, for where the controls may go next. A move there shows
    at once; the kernel's own answer follows, and is the same picture. The
    way to the kernel and back was up to half of the time from a key press to
    new pixels.
    """

    value = Unicode().tag(sync=True)
    controls = List(Instance(Widget)).tag(sync=True, **widget_serialization)
    ahead = Dict().tag(sync=True)

    _esm = """
    // As `key` in Python.
    const place = control => {
      const step = control.get("step");
      if (step === undefined)
        return control.get("index") ?? control.get("value");
      return Math.round(
        (control.get("value") - control.get("min")) / step);
    };
    const parse = svg => {
      const page = document.createElement("div");
      page.innerHTML = svg;
      return page.firstElementChild;
    };
    // Makes `old` what `now` is, touching only what differs: most of a press
    // went into styling and laying out what had not changed.
    const follow = (old, now) => {
      if (old.isEqualNode(now)) return;
      if (old.nodeName !== now.nodeName) return old.replaceWith(now);
      if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
      for (const { name } of [...old.attributes ?? []])
        if (!now.hasAttribute(name)) old.removeAttribute(name);
      for (const { name, value } of now.attributes ?? [])
        if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      if (old.childNodes.length !== now.childNodes.length)
        return old.replaceChildren(...now.childNodes);
      [...now.childNodes].forEach(
        (child, k) => follow(old.childNodes[k], child));
    };
    // Notebook 7 and JupyterLite look for their shortcuts before a handle
    // sees its arrow keys. With this mark they look past it.
    const keepArrows = el => {
      const mark = ({ key, target }) => {
        if (el.closest(".widget-vbox")?.contains(target))
          target.toggleAttribute(
            "data-lm-suppress-shortcuts", key.startsWith("Arrow"));
      };
      addEventListener("keydown", mark, true);
      return () => removeEventListener("keydown", mark, true);
    };
    async function render({ model, el }) {
      let shown = null, parsed = new Map();
      const show = svg => {
        if (svg === undefined || svg === shown) return;
        shown = svg;
        const next = parsed.get(svg) ?? parse(svg);
        parsed.delete(svg);  // parts of it will be in the page
        if (el.firstChild) follow(el.firstChild, next);
        else el.append(next);
      };
      show(model.get("value"));
      model.on("change:value", () => show(model.get("value")));
      // Parsing is most of what is left to do, and may be done before a press.
      model.on("change:ahead", () => {
        const next = Object.values(model.get("ahead"));
        parsed = new Map(next.map(svg => [svg, parse(svg)]));
      });
      const controls = await Promise.all(
        model.get("controls").map(name =>
          model.widget_manager.get_model(name.replace("IPY_MODEL_", ""))));
      const guess = () =>
        show(model.get("ahead")[controls.map(place).join(" ")]);
      for (const control of controls) control.on("change", guess);
      return keepArrows(el);
    }
    export default { render };
    """

    def key(self, moved: Widget | None = None, value: object = None) -> str:
        """The name of a state: where each control stands.

        moved, value: a control that is thought to be elsewhere.
        """
        return " ".join(
            str(place(each, value if each is moved else each.value))
            for each in self.controls
        )


def place(control: Widget, value: object) -> object:
    """Steps from a slider's left end, or which of the choices."""
    if hasattr(control, "step"):
        return round((value - control.min) / control.step)
    if hasattr(control, "options"):
        return choices(control).index(value)
    return value


def neighbours(control: Widget) -> list:
    """The values that one press of an arrow key may lead to."""
    now = control.value
    if hasattr(control, "step"):
        both = (now - control.step, now + control.step)
        return [v for v in both if control.min <= v <= control.max]
    if hasattr(control, "options"):
        values = choices(control)
        at = values.index(now)
        return values[max(at - 1, 0) : at] + values[at + 1 : at + 2]
    return []


def choices(control: Widget) -> list:
    """What the options of a selection stand for."""
    return [o[1] if isinstance(o, tuple) else o for o in control.options]
