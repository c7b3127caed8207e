"""What the architecture tests share: the files of the tree, and findings that name file, line, reason and replacement."""
import os
import sys
from dataclasses import dataclass

SKIPPED_FOLDERS = {".git", ".cache", "build", "node_modules", "__pycache__"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    reason: str
    replacement: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.reason}\n    instead: {self.replacement}"


def files_below(root, folders=(".",), endings=()):
    """Paths relative to root, sorted, of files with one of the endings (all when there are none)."""
    found = []
    for folder in folders:
        for place, subfolders, names in os.walk(os.path.join(root, folder)):
            subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
            for name in names:
                if name not in SKIPPED_FOLDERS and (not endings or name.endswith(tuple(endings))):
                    found.append(os.path.relpath(os.path.join(place, name), root))
    return sorted(set(found))


def lines_of(root, path):
    """The lines of a text file, numbered from 1; none for a binary one."""
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return list(enumerate(file.read().splitlines(), start=1))
    except UnicodeDecodeError:
        return []


def report(title, findings, checked):
    """Prints the findings and ends the program: 0 when there are none."""
    for finding in sorted(findings):
        print(finding)
    print(f"{title}: {checked} checked, {len(findings)} findings")
    if checked == 0:
        print(f"{title}: nothing was checked, which proves nothing")
    sys.exit(1 if findings or checked == 0 else 0)
