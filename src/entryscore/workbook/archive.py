"""Cheap checks of a file before it is opened as a workbook."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from entryscore.language import phrase
from entryscore.problems import InputError, Problem

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MEGABYTE = 1 << 20
_MAX_UNPACKED = 512 * _MEGABYTE
_MAX_STRINGS = 64 * _MEGABYTE
_MAX_RATIO, _RATIO_FROM = 200, 10 * _MEGABYTE


def read_archive(path: Path) -> bytes:
    """The file's bytes, checked. Raises InputError where the file is no readable .xlsx."""
    data = _bytes_of(path)
    _check_kind(path, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(path, archive)
            broken = archive.testzip()
            if broken:
                raise _broken(path, broken)
            _check_parts(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _broken(path, "") from error
    return data


def refusal(path: Path, what: str, hint: str, /, **values: object) -> InputError:
    return InputError([Problem(path.name, what, hint, values)])


def _broken(path: Path, part: str) -> InputError:
    return refusal(
        path, "the file is damaged or an incomplete copy {part}",
        "copy or download it again, or open and save it in Excel", part=f"({part})" if part else "",
    )  # fmt: skip


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        raise refusal(path, "there is no such file", "check the name: {path}", path=str(path))
    if path.is_dir():
        raise refusal(path, "this is a folder", "name a workbook (.xlsx) in it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise refusal(
            path, "the file cannot be read: {reason}",
            "check its permissions, or close it in Excel",
            reason=error.strerror or str(error),
        ) from error  # fmt: skip


def _check_kind(path: Path, data: bytes) -> None:
    save = phrase("save it in Excel as .xlsx")
    if not data:
        raise refusal(path, "the file is empty", "copy or download it again")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refusal(path, "the workbook is protected with a password", "save it without one")
        raise refusal(path, "this is an old Excel file (.xls)", save)
    if data.startswith(b"PK"):
        return
    if data.lstrip()[:1] == b"<":
        raise refusal(path, "this is a web page or XML, not a workbook", save)
    if b"\0" not in data[:4096]:
        raise refusal(
            path,
            "this is a text file (csv?), not a workbook",
            phrase("open it, and save it in Excel as .xlsx"),
        )
    raise refusal(path, "this is not an Excel workbook", save)


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(p.file_size for p in parts)
    packed = sum(p.compress_size for p in parts) or 1
    strings = sum(p.file_size for p in parts if p.filename.endswith("sharedStrings.xml"))
    swollen = unpacked > _RATIO_FROM and unpacked / packed > _MAX_RATIO
    if unpacked > _MAX_UNPACKED or strings > _MAX_STRINGS or swollen:
        raise refusal(
            path, "the workbook unpacks to {size} MB, which is refused",
            "copy the filled cells into a new workbook", size=unpacked // _MEGABYTE,
        )  # fmt: skip


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "mimetype" in names and b"opendocument" in archive.read("mimetype"):
        raise refusal(path, "this is an OpenDocument file (.ods)", "save it as .xlsx")
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise refusal(path, "this is a zip file, but no Excel workbook", "name a .xlsx file")
    if "xl/workbook.bin" in names:
        raise refusal(path, "this is a binary workbook (.xlsb)", "save it in Excel as .xlsx")
    for name in names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in _beginning(archive, name):
            raise refusal(
                path, "the part {part} declares a DOCTYPE, which is refused",
                "save the workbook anew in Excel", part=name,
            )  # fmt: skip


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(4096)


def has_macros(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(name.endswith("vbaProject.bin") for name in archive.namelist())
