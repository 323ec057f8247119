# nbgrader reads this in the project's root, so none of its commands needs a
# flag. See docs/grading.md.
from pathlib import Path

from authoring.stamps import changed_lessons
from byhand.environment import scripts_on_path
from grader.classrun import use_for_nbgrader

c = get_config()  # noqa: F821 - traitlets puts it there

c.CourseDirectory.course_id = "attention-by-hand"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"

scripts_on_path()

# A fresh clone holds the lessons but no gradebook: generate_assignment must
# run although its result is there. Where a lesson holds somebody's answers,
# nbgrader's own caution stands, and it asks for --force.
c.GenerateAssignment.force = not changed_lessons(Path(__file__).parent)

# `nbgrader autograde` and formgrader's button grade sealed, as `grader
# autograde` does. To set something: c.SealedAutograde.by_hand = False
use_for_nbgrader()

# What learners wrote is shown without its scripts: outputs and texts.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {"markdown2html": "grader.pages.markdown"}

# grades.csv says which marks are not final.
c.ExportApp.plugin_class = "grader.grades.GradesExport"
