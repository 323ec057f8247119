"""What nbgrader does to a submission before it runs it, and one step more."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)


class DropEmptyMetadata(NbGraderPreprocessor):
    """Drop the empty metadata that DeduplicateIds leaves behind.

    nbgrader 0.9.6 takes a doubled cell's metadata away but leaves an empty
    dict, on which OverwriteCells.add_missing_cells then fails with a
    KeyError, and the whole submission gets nothing.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        for cell in nb.cells:
            if cell.metadata.get("nbgrader") == {}:
                del cell.metadata["nbgrader"]
        return nb, resources


PREPROCESSORS = [
    ClearOutput,
    DeduplicateIds,
    DropEmptyMetadata,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
