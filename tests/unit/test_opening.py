"""What is opened, what is refused, and what is said about it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.errors import (
    ChangedFileError,
    DamagedFileError,
    EmptyFileError,
    FileError,
    NoSuchFileError,
    NotATableError,
    TooLargeError,
    UnknownColumnsError,
    UnreadableTextError,
    UnsafeArchiveError,
)
from data.sources.delimited import BLOCK_BYTES, layout_of, read_delimited
from data.sources.files import Limits, Part, archive_parts, file_part
from data.sources.opening import recognise, sample
from data.sources.source_file import open_source
from data.sources.spreadsheet import read_spreadsheet
from data.sources.text import Encoding, text_head
from tests.forked import FORKED, forked
from tests.unit.interrupted_child import interrupt_each_reading

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Limits()


def written(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def part_of(folder: Path, content: bytes) -> Part:
    return file_part(written(folder, content), limits=LIMITS)


def rows_of(
    folder: Path, content: bytes, block_bytes: int = BLOCK_BYTES, needed: tuple[str, ...] = ()
) -> tuple[list[Any], list[Any]]:
    """Return (number, values) of the good rows and (number, values, reason) of the malformed."""
    good, bad = [], []
    part = part_of(folder, content)
    for rows in read_delimited(layout_of(text_head(part), needed=needed), block_bytes=block_bytes):
        values = [tuple(row.values()) for row in rows.table.to_pylist()]
        good += list(zip(rows.numbers.tolist(), values, strict=True))
        bad += [(row.number, row.values, row.reason) for row in rows.malformed]
    return good, bad


def test_ctrl_c_while_a_block_is_parsed_is_never_lost(tmp_path: Path) -> None:
    """Sent while Arrow is at a malformed row, the last thing it sees of the block."""
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 50 + b"1,2,3\n")
    ours, theirs = FORKED.Pipe()
    process = forked(interrupt_each_reading, path, 200, theirs)
    theirs.close()
    noticed = ours.recv()
    process.join(timeout=60)
    assert (noticed, process.exitcode) == (200, 0)


def test_a_plain_file_is_read_with_the_row_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b"a,b\n1,2\n\n3,4\n,\n5,6\n")
    assert good == [(2, ("1", "2")), (4, ("3", "4")), (6, ("5", "6"))]
    assert bad == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join("abc") + "\n" + delimiter.join("123") + "\n"
    assert rows_of(tmp_path, text.encode()) == ([(2, ("1", "2", "3"))], [])


def test_a_value_may_hold_the_delimiter_and_line_ends_inside_quotes(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b'a,b\r\n"x, y","line 1\r\nline 2"\r\n3,"say ""hi"""\r\n')
    assert good == [(2, ("x, y", "line 1\r\nline 2")), (3, ("3", 'say "hi"'))]
    assert bad == []


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_the_encodings_of_british_programs_are_read(tmp_path: Path, encoding: str) -> None:
    text = "place,price\nCafé – Brick Lane’s,£5\n" + "Mile End,3\n" * 30
    good, bad = rows_of(tmp_path, text.encode(encoding))
    assert good[0] == (2, ("Café – Brick Lane’s", "£5"))
    assert (len(good), bad) == (31, [])


def test_a_windows_line_deep_in_a_utf8_file_is_read(tmp_path: Path) -> None:
    content = "a,b\nCafé,1\n".encode() + b"x,1\n" * 20_000 + "Café,2\n".encode("cp1252")
    good, _ = rows_of(tmp_path, content)
    assert good[0][1] == ("Café", "1")
    assert good[-1][1] == ("Café", "2")


def test_line_ends_of_an_old_mac_are_read(tmp_path: Path) -> None:
    assert rows_of(tmp_path, b"a,b\r1,2\r3,4\r")[0] == [(2, ("1", "2")), (3, ("3", "4"))]


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "utf-32"])
def test_another_alphabet_is_refused_with_a_guess(tmp_path: Path, encoding: str) -> None:
    texts = {"cp1251": "место,тип\nулица,шум\n" * 50, "shift_jis": "場所,種類\n東京,騒音\n" * 50}
    content = texts.get(encoding, "a,b\n1,2\n").encode(encoding)
    with pytest.raises(UnreadableTextError, match="Save it again as CSV UTF-8"):
        rows_of(tmp_path, content)


def test_rows_with_too_many_or_too_few_values_are_kept_aside_and_shift_nothing(
    tmp_path: Path,
) -> None:
    good, bad = rows_of(tmp_path, b"a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert good == [(2, ("1", "2", "3")), (5, ("10", "11", "12"))]
    assert bad == [
        (3, ("4", "5"), "Too few values in the row: 2, the header has 3"),
        (4, ("6", "7", "8", "9"), "Too many values in the row: 4, the header has 3"),
    ]


def test_a_last_line_cut_short_is_told(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b"a,b,c\n1,2,3\n4,5")
    assert good == [(2, ("1", "2", "3"))]
    assert bad == [(3, ("4", "5"), "The last line is cut short; the file may be incomplete")]


def test_a_file_cut_inside_quotes_loses_only_its_last_row(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b'a,b\n1,2\n3,"cut in the mid')
    assert good == [(2, ("1", "2"))]
    assert bad == [
        (3, ("3", '"cut in the mid'), "The last line is cut short; the file may be incomplete")
    ]


def test_a_stray_quotation_mark_costs_one_row_and_swallows_none(tmp_path: Path) -> None:
    lines = [f"{n},x" for n in range(2, 1000)]
    lines[10] = '12,"never closed'
    good, bad = rows_of(tmp_path, ("a,b\n" + "\n".join(lines) + "\n").encode(), block_bytes=512)
    assert [number for number, _ in good] == [n for n in range(2, 1000) if n != 12]
    assert all(values == (str(number), "x") for number, values in good)
    assert bad == [
        (12, ("12", '"never closed'), "A quotation mark opens a value and does not close it")
    ]


def test_two_stray_marks_far_apart_cost_two_rows(tmp_path: Path) -> None:
    lines = [f"{n},x,y" for n in range(2, 40)]
    lines[3], lines[20] = '5,"x,y', '22,"x,y'
    good, bad = rows_of(tmp_path, ("a,b,c\n" + "\n".join(lines) + "\n").encode())
    assert [number for number, _, _ in bad] == [5, 22]
    assert len(good) == len(lines) - 2


def test_a_mark_in_the_middle_of_a_value_is_only_a_mark(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b'a,b\n5" pipe,x\n6,y\n')
    assert good == [(2, ('5" pipe', "x")), (3, ("6", "y"))]
    assert bad == []


def test_nul_characters_reject_their_row(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b"a,b\n1,2\n3,\x004\n5,6\n" + b"7,8\n" * 20)
    assert len(good) == 22
    assert bad == [(3, ("3", "4"), "Holds NUL characters; the file may be damaged")]


def test_a_lone_carriage_return_cuts_no_row(tmp_path: Path) -> None:
    good, bad = rows_of(tmp_path, b"a,b\n1,x\ry\n2,z\n")
    assert good == [(2, ("1", "x y")), (3, ("2", "z"))]
    assert bad == []


cell = st.text(st.sampled_from('ab1 ,;"\n\r\té£'), max_size=6)


@given(st.lists(st.lists(cell, min_size=1, max_size=4), max_size=30), st.integers(16, 200))
def test_the_block_size_changes_nothing_and_no_filled_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], block_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    body = "\n".join(",".join(row) for row in rows)
    content = ("h1,h2,h3\n" + body + "\n").encode()
    try:
        whole = rows_of(folder, content)
    except EmptyFileError:
        return
    assert rows_of(folder, content, block_bytes) == whole
    numbers = [number for number, *_ in (*whole[0], *whole[1])]
    assert len(numbers) == len(set(numbers))


@given(
    st.lists(st.tuples(cell, cell, cell).filter(lambda r: any(v.strip() for v in r)), min_size=1)
)
def test_a_well_written_file_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace('"', '""') + '"'

    text = "h1,h2,h3\r\n" + "".join(",".join(map(quoted, row)) + "\r\n" for row in rows)
    folder = tmp_path_factory.mktemp("any")
    good, bad = rows_of(folder, text.encode(), needed=("h1", "h2", "h3"))
    assert bad == []
    assert [values for _, values in good] == [
        tuple(_as_kept(value) for value in row) for row in rows
    ]


def _as_kept(value: str) -> str:
    return "\r\n".join(part.replace("\r", " ") for part in value.split("\r\n"))


def test_column_names_are_made_unlike(tmp_path: Path) -> None:
    path = written(tmp_path, b"Notes,,Notes\n1,2,3\n")
    assert list(sample(open_source(path)).columns) == ["Notes", "column 2", "Notes (2)"]


def test_a_needed_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    part = part_of(tmp_path, b"Month,month,x\n1,2,3\n")
    with pytest.raises(UnknownColumnsError, match="occurs twice"):
        list(read_delimited(layout_of(text_head(part), needed=("Month",))))


def test_the_header_is_found_below_a_title(tmp_path: Path) -> None:
    part = part_of(tmp_path, b"ASB extract 2024,,\nprinted today,,\nRef,When,Where\n1,2,3\n")
    (rows,) = read_delimited(layout_of(text_head(part), needed=("Where", "when")))
    assert rows.columns == ("Ref", "When", "Where")
    assert rows.numbers.tolist() == [4]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", EmptyFileError, "empty"),
        (b"\n\n  \n", EmptyFileError, "blank"),
        (b"a,b\n", EmptyFileError, "a header and no rows"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", NotATableError, "Sign in"),
        (b"\xef\xbb\xbf\n <html><body>502 Bad Gateway</body>", NotATableError, "web page"),
        ('<?xml version="1.0"?><Error/>'.encode("utf-16"), NotATableError, "web page"),
        (b'{"error": "not found"}', NotATableError, "JSON"),
        (b"%PDF-1.7 ...", NotATableError, "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, NotATableError, "old"),
        (b"\x1f\x8b\x08", NotATableError, "gzip"),
        (b"\0" * 5000, NotATableError, "NUL"),
        (b"PK\x03\x04 and then nothing", DamagedFileError, "Download it again"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words(
    tmp_path: Path, content: bytes, error: type[FileError], words: str
) -> None:
    path = written(tmp_path, content)

    def read_it() -> None:
        source = open_source(path)
        recognise(source)
        assert source.text is not None
        list(read_delimited(layout_of(source.text)))

    with pytest.raises(error, match=words):
        read_it()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFileError, match=r"gone\.csv"):
        open_source(tmp_path / "gone.csv")


def zipped(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"2024-01-x-street.csv": b"0" * 30_000_000})
    with pytest.raises(UnsafeArchiveError, match="far more than it should"):
        archive_parts(path, limits=LIMITS)
    with pytest.raises(UnsafeArchiveError, match="limit 10 MB"):
        archive_parts(path, limits=Limits(unpacked_mb=10, ratio=1e9))


def test_an_archive_of_very_many_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {f"{n}.csv": b"" for n in range(30)})
    with pytest.raises(UnsafeArchiveError, match="30 files, limit 20"):
        archive_parts(path, limits=Limits(members=20))


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "a\\..\\..\\b"])
def test_an_archive_that_leads_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeArchiveError, match="outside itself"):
        archive_parts(zipped(tmp_path, {name: b"a"}), limits=LIMITS)


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path, {"a-street.csv": bytes(range(256)) * 400}).read_bytes()
    for length in (40, len(whole) // 2, len(whole) - 5):
        with pytest.raises(DamagedFileError):
            recognise(open_source(written(tmp_path, whole[:length], "cut.zip")))


def test_a_member_with_changed_bytes_is_refused_while_reading(tmp_path: Path) -> None:
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000))
    path = zipped(tmp_path, {"x.csv": content})
    broken = bytearray(path.read_bytes())
    broken[len(broken) // 2] ^= 0xFF
    path.write_bytes(broken)
    (part,) = archive_parts(path, limits=LIMITS)
    with pytest.raises(DamagedFileError):
        list(read_delimited(layout_of(text_head(part), needed=())))


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 300_000)
    with pytest.raises(TooLargeError, match="max_upload_mb"):
        file_part(path, limits=Limits(unpacked_mb=1))


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a" * 70_000_000)
    with pytest.raises(NotATableError, match="a line longer"):
        text_head(file_part(path, limits=LIMITS))


def test_a_workbook_is_told_from_an_archive_by_content(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Ref", "Type"])
    book.active.append(["1", "Noise"])
    book.save(tmp_path / "misnamed.csv")
    found = recognise(open_source(tmp_path / "misnamed.csv"))
    assert (found.kind, found.columns) == ("table", ("Ref", "Type"))
    assert sample(open_source(tmp_path / "misnamed.csv")).to_dict("records") == [
        {"Ref": "1", "Type": "Noise"}
    ]


def test_an_opened_file_says_what_it_is_and_how_it_begins(tmp_path: Path) -> None:
    content = "Extract,\nRef;Type\n1;Café\n\n2;Noise\n".replace(",", ";").encode("utf-16")
    source = open_source(written(tmp_path, content, "any.dat"), name="Calls in May")
    assert (source.name, source.content, source.size) == ("Calls in May", "text", len(content))
    assert source.text is not None
    assert source.text.encoding == Encoding("utf-16-le", 2, lone_returns=False)
    assert source.table is not None
    assert (source.table.columns, source.table.header_row) == (("Ref", "Type"), 2)
    assert source.table.rows == (("1", "Café"), ("2", "Noise"))
    layout = layout_of(source.text, needed=("type",))
    assert (layout.delimiter, layout.columns, layout.header_row) == (";", ("Ref", "Type"), 2)


def test_a_file_that_is_no_table_is_opened_and_says_why_when_a_table_is_wanted(
    tmp_path: Path,
) -> None:
    source = open_source(written(tmp_path, b"SQLite format 3\0" + bytes(100), "w.gpkg"))
    assert (source.content, source.text, source.table) == ("other", None, None)
    with pytest.raises(NotATableError, match="GeoPackage"):
        recognise(source)
    with pytest.raises(NotATableError, match="GeoPackage"):
        sample(source)


def many_rows(rows: int) -> bytes:
    return b"a,b\n" + b"".join(b"%d,%d\n" % (n, n) for n in range(rows))


def test_a_file_that_grew_after_it_was_opened_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n")
    source = open_source(path)
    assert source.text is not None
    with path.open("ab") as stream:
        stream.write(b"3,4\n")
    with pytest.raises(ChangedFileError, match="8 bytes when it was opened, 12 now"):
        list(read_delimited(layout_of(source.text)))


def test_a_file_that_is_replaced_by_another_of_its_size_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n")
    source = open_source(path)
    assert source.text is not None
    written(tmp_path, b"b,a\n1,2\n", "new.csv").replace(path)
    with pytest.raises(ChangedFileError, match="changed while it was being read"):
        list(read_delimited(layout_of(source.text)))


def test_a_file_that_is_gone_when_it_is_read_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n")
    source = open_source(path)
    assert source.text is not None
    path.unlink()
    with pytest.raises(ChangedFileError, match="it was removed"):
        list(read_delimited(layout_of(source.text)))


def test_a_file_that_changes_between_two_batches_gives_no_last_batch(tmp_path: Path) -> None:
    path = written(tmp_path, many_rows(20_000))
    source = open_source(path)
    assert source.text is not None
    batches = read_delimited(layout_of(source.text), block_bytes=65_536)
    assert next(batches).fraction_done < 0.5
    with path.open("ab") as stream:
        stream.write(b"3,4\n")
    with pytest.raises(ChangedFileError):
        list(batches)


def test_an_archive_or_workbook_replaced_after_it_was_opened_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path, {"x.csv": many_rows(10)})
    (part,) = open_source(archive).parts
    layout = layout_of(text_head(part))
    archive.write_bytes(b"something else")
    with pytest.raises(ChangedFileError):
        list(read_delimited(layout))
    book = openpyxl.Workbook()
    book.active.append(["Ref", "Type"])
    book.active.append(["1", "Noise"])
    book.save(tmp_path / "book.xlsx")
    source = open_source(tmp_path / "book.xlsx")
    assert source.workbook is not None
    book.active.append(["2", "Noise"])
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(ChangedFileError):
        list(read_spreadsheet(source.workbook, needed=("Ref",), date_formats={}))
