# nbgrader reads this in the project's root, so none of its commands needs a
# flag. See the instructor's chapter of the README.
from pathlib import Path

from byhand.environment import scripts_on_path
from grader.notebooks import changed_lessons
from grader.sanitize import PREPROCESSORS

c = get_config()  # noqa: F821 - traitlets puts it there

c.CourseDirectory.course_id = "attention-by-hand"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"

scripts_on_path()

# A fresh clone holds the lessons but no gradebook: generate_assignment must
# run although its result is there. Where a lesson holds somebody's answers,
# nbgrader's own caution stands, and it asks for --force.
c.GenerateAssignment.force = not changed_lessons(Path(__file__).parent)

# A test cell that a learner deleted is put back, so that it can be graded,
# and one that was doubled does not stop that.
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = PREPROCESSORS

# A learner's loop that never ends costs one cell a minute, not the batch.
c.Execute.timeout = 60
