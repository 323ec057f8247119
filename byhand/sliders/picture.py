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
    new pixels. Pointing at a cell that has a sum (draw.py), or going to it
    with Tab and the arrow keys, says the sum below the picture.
    """

    value = Unicode().tag(sync=True)
    controls = List(Instance(Widget)).tag(sync=True, **widget_serialization)
    ahead = Dict().tag(sync=True)

    _esm = r"""
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
    const attributes = (old, now) => [
      ...[...old.attributes].filter(({ name }) => !now.hasAttribute(name))
        .map(({ name }) => () => old.removeAttribute(name)),
      ...[...now.attributes]
        .filter(({ name, value }) => old.getAttribute(name) !== value)
        .map(({ name, value }) => () => old.setAttribute(name, value)),
    ];
    // The edits that make `old` what `now` is. They touch only what differs:
    // most of a press went into styling and laying out what had not changed.
    const differences = (old, now) => {
      if (old.isEqualNode(now)) return [];
      if (old.nodeName !== now.nodeName) return [() => old.replaceWith(now)];
      if (old.nodeType !== Node.ELEMENT_NODE)
        return [() => { old.nodeValue = now.nodeValue; }];
      const own = attributes(old, now);
      if (old.childNodes.length !== now.childNodes.length)
        return [...own, () => old.replaceChildren(...now.childNodes)];
      return own.concat([...now.childNodes].flatMap(
        (child, k) => differences(old.childNodes[k], child)));
    };
    // A picture's texts, each whole, and its other tags, as they are written.
    const pieces = svg =>
      svg.match(/<text\b[^>]*[^>/]>.*?<\/text>|<[^>]*>/gs);
    const opens = piece => !piece.startsWith("</");
    const isText = piece => piece.startsWith("<text");
    const kind = piece => /^<\/?\w*/.exec(piece)[0] + piece.endsWith("/>");
    // The edits that make the picture `root`, written as `was`, what `svg`
    // says. If only some pieces differ, they alone are parsed: all of them
    // take up to half a frame.
    const edits = (root, was, svg) => {
      const before = pieces(was), after = pieces(svg);
      const old = before.filter(opens), now = after.filter(opens);
      const elements = [root, ...root.querySelectorAll(":not(tspan)")];
      if (before.length !== after.length || now.length !== elements.length
          || after.some((piece, k) => kind(piece) !== kind(before[k]))
          || after.join("").length !== svg.length)
        return differences(root, parse(svg));
      const changed = [...now.keys()].filter(k => now[k] !== old[k]);
      const written = changed.map(k => isText(now[k])
        ? now[k] : now[k].replace(/\/?>$/, "/>"));
      const parsed = parse(`<svg>${written.join("")}</svg>`).children;
      return changed.flatMap((k, at) => (isText(now[k])
        ? differences : attributes)(elements[k], parsed[at]));
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
    const HINT = "Point at a cell, or go to it with Tab and the arrow keys, "
      + "to see the sum that it came from.";
    // A cell is a rectangle, its number behind it, and maybe a line across.
    const cellAt = part =>
      [part, part.nextElementSibling, part.previousElementSibling]
        .find(each => each?.matches("[data-sum]"));
    const middle = cell => {
      const { x, y, width, height } = cell.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    };
    const AHEAD = { ArrowRight: [1, 0], ArrowLeft: [-1, 0],
                    ArrowDown: [0, 1], ArrowUp: [0, -1] };
    // The nearest that way, straight on rather than aside.
    const nextCell = (cells, from, [right, down]) => {
      const [x, y] = middle(from);
      const far = cell => {
        const [dx, dy] = middle(cell).map((at, k) => at - [x, y][k]);
        const on = dx * right + dy * down;
        return on > 1 ? on + 4 * Math.abs(dx * down + dy * right) : Infinity;
      };
      const best = cells.reduce((a, b) => far(b) < far(a) ? b : a);
      return far(best) < Infinity ? best : from;
    };
    // Keeps a line below the picture that says the sum of the marked cell.
    const saysSums = el => {
      const line = document.createElement("div");
      line.className = "byhand-sum";
      line.setAttribute("role", "status");
      line.hidden = true;
      el.append(line);
      let at = null;  // as a selector: the cell itself may be replaced
      const cells = () => [...el.querySelectorAll("[data-sum]")];
      const mark = cell => {
        el.querySelector("[data-at]")?.removeAttribute("data-at");
        if (cell) cell.previousElementSibling.setAttribute("data-at", "");
        const { name, row, col } = cell?.dataset ?? {};
        at = cell && `[data-sum][data-name="${name}"]`
          + `[data-row="${row}"][data-col="${col}"]`;
        const some = el.querySelector("[data-sum]");
        const said = cell?.dataset.sum ?? (some ? HINT : "");
        if (line.textContent !== said) line.textContent = said;
      };
      el.addEventListener("pointerover", ({ target }) => {
        const cell = cellAt(target);
        if (cell) mark(cell);
      });
      el.addEventListener("pointerleave", () => mark(null));
      el.addEventListener("focus", () => mark(cells()[0]));
      el.addEventListener("blur", () => mark(null));
      el.addEventListener("keydown", event => {
        const way = AHEAD[event.key], all = cells();
        if (!way || !all.length) return;
        event.preventDefault();
        const from = at && el.querySelector(at);
        const to = from ? nextCell(all, from, way) : all[0];
        mark(to);
        to.scrollIntoView({ block: "nearest", inline: "nearest" });
      });
      return { follow() {
        if (line.hidden && el.querySelector("[data-sum]")) {
          line.hidden = false;
          el.tabIndex = 0;
          el.setAttribute("role", "group");
          el.setAttribute("aria-label", HINT);
        }
        if (!line.hidden) mark(at && el.querySelector(at));
      } };
    };
    // What a handle is for, and where it stands, as its own label and read-out
    // say it: noUiSlider says 0.009999999999999998, and no name.
    const CONTROL = ".widget-slider, .widget-toggle-buttons";
    const nameHandle = one => {
      const set = (node, name, value) => {
        if (node && value !== undefined && node.getAttribute(name) !== value)
          node.setAttribute(name, value);
      };
      const label = one.querySelector("label")?.textContent;
      const handle = one.querySelector(".noUi-handle");
      const said = one.querySelector(".widget-readout")?.textContent;
      set(handle, "aria-label", label);
      set(handle, "aria-valuetext", said);
      if (handle) return;
      set(one, "role", "group");
      set(one, "aria-label", label);
      for (const button of one.querySelectorAll("button"))
        set(button, "aria-pressed",
            String(button.classList.contains("mod-active")));
    };
    const followHandles = el => {
      // Those that changed: to look at all took a millisecond of a press.
      const changed = ({ target }) => {
        const part = target.closest ? target : target.parentElement;
        const one = part?.closest(CONTROL);
        return one ? [one] : [...part?.querySelectorAll(CONTROL) ?? []];
      };
      const names = new MutationObserver(records =>
        new Set(records.flatMap(changed)).forEach(nameHandle));
      const above = () => [...el.closest(".widget-vbox")?.children ?? []]
        .filter(child => child !== el);
      // The element is in the page when it gets a size.
      const there = new ResizeObserver(() => {
        for (const child of above()) {
          child.querySelectorAll(CONTROL).forEach(nameHandle);
          names.observe(child, {
            subtree: true, childList: true, characterData: true,
            attributeFilter: ["aria-valuetext", "class"] });
        }
      });
      there.observe(el);
      return () => { there.disconnect(); names.disconnect(); };
    };
    async function render({ model, el }) {
      let shown = null, prepared = new Map(), soon;
      el.classList.add("byhand-picture");
      const sums = saysSums(el);
      const show = svg => {
        if (svg === undefined || svg === shown) return;
        const now = el.querySelector("svg");
        if (!now) el.prepend(parse(svg));
        else (prepared.get(svg) ?? edits(now, shown, svg)).forEach(
          edit => edit());
        shown = svg;
        prepared = new Map();  // it was for the picture of before
        // So far may it shrink: its text, of 12 pixels, is to stay readable.
        const wide = el.querySelector("svg").getAttribute("width");
        el.style.setProperty("--byhand-least", `${11 / 12 * wide}px`);
        sums.follow();
      };
      show(model.get("value"));
      model.on("change:value", () => show(model.get("value")));
      // Not before the picture that came along with it has been painted.
      model.on("change:ahead", () => {
        clearTimeout(soon);
        soon = setTimeout(() => {
          const now = el.querySelector("svg");
          prepared = new Map(Object.values(model.get("ahead")).map(
            svg => [svg, edits(now, shown, svg)]));
        }, 50);
      });
      const controls = await Promise.all(
        model.get("controls").map(name =>
          model.widget_manager.get_model(name.replace("IPY_MODEL_", ""))));
      const guess = () =>
        show(model.get("ahead")[controls.map(place).join(" ")]);
      for (const control of controls) control.on("change", guess);
      const ends = [keepArrows(el), followHandles(el)];
      return () => ends.forEach(end => end());
    }
    export default { render };
    """
    _css = """
    .byhand-picture { overflow-x: auto; }
    .byhand-picture > svg { min-width: var(--byhand-least); }
    .byhand-sum { position: sticky; left: 0; box-sizing: border-box;
                  color: var(--jp-content-font-color1); font-size: 14px;
                  line-height: 1.4; min-height: 2.8em; padding: 4px 12px;
                  max-width: min(760px, 100%); overflow-wrap: anywhere; }
    [data-at] { stroke: var(--jp-content-font-color1) !important;
                stroke-width: 2.5px; }
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
    if hasattr(control, "index"):
        return choices(control).index(value)
    return value


def neighbours(control: Widget) -> list:
    """The values that one press of an arrow key may lead to."""
    now = control.value
    if hasattr(control, "step"):
        both = (now - control.step, now + control.step)
        return [v for v in both if control.min <= v <= control.max]
    if hasattr(control, "index"):
        values = choices(control)
        at = values.index(now)
        return values[max(at - 1, 0) : at] + values[at + 1 : at + 2]
    return []


def choices(control: Widget) -> list:
    """What the options of a selection stand for."""
    return [o[1] if isinstance(o, tuple) else o for o in control.options]
