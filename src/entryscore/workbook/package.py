"""The parts of an .xlsx file (Open Packaging Conventions, ECMA-376): which part is which sheet,
a part changed or a sheet added, all other parts as they were, byte for byte."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from defusedxml.ElementTree import fromstring

from entryscore.language import say

_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([^\"']+)", re.IGNORECASE)
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TYPES = "[Content_Types].xml"


@dataclass(frozen=True)
class Part:
    """A sheet: its part's name in the package, and whether it is a worksheet (not a chart)."""

    name: str
    is_worksheet: bool


class Package:
    """Raises ValueError, with words, for what it cannot edit without loss."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self._infos = archive.infolist()
            self._parts = {info.filename: archive.read(info) for info in self._infos}
            self._comment = archive.comment
        roots = self._relations("")
        self.workbook = next(
            (part for kind, part in roots.values() if kind.endswith("/officeDocument")), ""
        )
        if self.workbook not in self._parts:
            raise ValueError(say("its workbook part cannot be found"))

    def __getitem__(self, name: str) -> bytes:
        """The part, refused unless it is UTF-8, so that it can be edited in place."""
        data = self._parts[name]
        declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
        encoding = declared[1].decode("ascii", "replace").casefold() if declared else "utf-8"
        if encoding not in ("utf-8", "utf8", "us-ascii") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise ValueError(say("{name} is not in UTF-8", name=name))
        return data

    @property
    def names(self) -> list[str]:
        return list(self._parts)

    def _relations(self, source: str) -> dict[str, tuple[str, str]]:
        """Type and part by id of what a part (or the package: blank) refers to."""
        name = relations_of(source)
        if name not in self._parts:
            return {}
        folder = "/" + posixpath.dirname(source)
        return {
            node.get("Id", ""): (
                node.get("Type", ""),
                posixpath.normpath(posixpath.join(folder, node.get("Target", ""))).lstrip("/"),
            )
            for node in fromstring(self._parts[name])
            if node.get("TargetMode") != "External"
        }

    def sheets(self) -> dict[str, Part]:
        """Every sheet by its title, in order."""
        relations = self._relations(self.workbook)
        found = {}
        for node in fromstring(self._parts[self.workbook]).iter():
            if node.tag.rpartition("}")[2] != "sheet":
                continue
            ids = [value for key, value in node.items() if key.endswith("}id")]
            kind, part = relations.get(ids[0] if ids else "", ("", ""))
            found[node.get("name", "")] = Part(part, kind.endswith("/worksheet"))
        return found

    def with_sheet(self, title: str, rows: bytes) -> dict[str, bytes]:
        """The parts to write so that a worksheet comes last; `rows` is its sheetData's content."""
        book, links = self[self.workbook], self[relations_of(self.workbook)]
        last = _tags(book, "sheet")[-1]
        prefix = re.match(rb"<((?:[\w.-]+:)?)", last)[1].decode()  # type: ignore[index]  # it is one
        key = re.search(rb"\s([\w.-]+:id)\s*=", last)
        space = re.search(rb"\sxmlns" + (b":" + prefix[:-1].encode() if prefix else b"")
                          + rb"\s*=\s*[\"']([^\"']+)", book)  # fmt: skip
        kinds = [kind for kind, _ in self._relations(self.workbook).values()]
        kind = next((kind for kind in kinds if kind.endswith("/worksheet")), "")
        if key is None or space is None or not kind:
            raise ValueError(say("its list of sheets is written in an unknown way"))
        taken = {name.casefold() for name in self.names}
        folder = posixpath.join(posixpath.dirname(self.workbook), "worksheets")
        number = next(n for n in range(1, 1 << 20) if f"{folder}/sheet{n}.xml" not in taken)
        part = f"{folder}/sheet{number}.xml"
        link = _free_id(links)
        numbers = [int(n) for n in re.findall(rb"sheetId\s*=\s*[\"'](\d+)", book)]
        entry = (
            f'<{prefix}sheet name={quoteattr(title)} sheetId="{max(numbers, default=0) + 1}" '
            f'{key[1].decode()}="{link}"/>'
        )
        relation = f'Relationship Id="{link}" Type="{kind}" Target="/{part}"/>'
        override = f'Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>'
        return {
            self.workbook: _append(book, "sheets", entry),
            relations_of(self.workbook): _append(links, "Relationships", relation),
            _TYPES: _append(self[_TYPES], "Types", override),
            part: _new_sheet(space[1], rows),
        }

    def bytes(self, changed: Mapping[str, bytes]) -> bytes:
        """The package with these parts replaced, or added at its end."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = self._comment
            for info in self._infos:
                archive.writestr(
                    _same(info), changed.get(info.filename, self._parts[info.filename])
                )
            for name in changed:
                if name not in self._parts:
                    info = zipfile.ZipInfo(name, _FIRST_MOMENT)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(info, changed[name])
        return out.getvalue()


def relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _same(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """What is known of a part in the archive, but not where it lay and how large it was."""
    copy = zipfile.ZipInfo(info.filename, info.date_time)
    deflated = info.compress_type != zipfile.ZIP_STORED
    copy.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    copy.external_attr, copy.create_system = info.external_attr, info.create_system
    return copy


def _tags(data: bytes, name: str) -> list[bytes]:
    pattern = rb"<(?:[\w.-]+:)?" + name.encode() + rb"(?=[\s/>])(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>"
    return re.findall(pattern, data)


def _free_id(links: bytes) -> str:
    taken = {value.decode() for value in re.findall(rb"\sId\s*=\s*[\"']([^\"']+)", links)}
    return next(f"rId{n}" for n in range(1, 1 << 20) if f"rId{n}" not in taken)


def _append(data: bytes, parent: str, child: str) -> bytes:
    """A child put last into the parent; without a `<`, it gets the parent's prefix."""
    ends = list(re.finditer(rb"</((?:[\w.-]+:)?)" + parent.encode() + rb"\s*>", data))
    if len(ends) != 1:
        raise ValueError(say("its list {parent} is written in an unknown way", parent=parent))
    text = child if child.startswith("<") else f"<{ends[0][1].decode()}{child}"
    return data[: ends[0].start()] + text.encode() + data[ends[0].start() :]


def _new_sheet(space: bytes, rows: bytes) -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<worksheet xmlns="' + space + b'"><cols><col min="1" max="2" width="24" '
        b'customWidth="1"/><col min="3" max="3" width="22" customWidth="1"/></cols>'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )
