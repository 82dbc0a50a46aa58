"""Whatever students hand in is taken as it is, or left out with a reason."""

import json
import os
import sqlite3
import stat
import struct
import unicodedata
import zipfile

import platforms
import pytest
from platforms import CLASS, LAB, canvas_name, ilias_folder, moodle_folder, notebook, pack

from course import archives
from course.collect import collect
from course.folder import CourseError, CourseFolder
from course.roster import Roster, Student, read_roster


@pytest.fixture
def course(tmp_path):
    return CourseFolder(tmp_path / "course")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(inbox, name, text="{}"):
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def kept(course, student, what):
    """What was kept aside of a student: older versions, or other files."""
    return sorted((course.build / "intake" / LAB / student / what).glob("*"))


def taken(course):
    """What lies ready for grading: {student: text}."""
    return {s: course.submission(s, LAB).read_text("utf-8") for s in course.students(LAB)}


@pytest.mark.parametrize(
    "name",
    [
        "ada/01-toy-gmm.ipynb",
        "ada.ipynb",
        "ada/homework (final).ipynb",
        "ada/bundle/01-toy-gmm/01-toy-gmm.ipynb",
    ],
)
def test_the_usual_layouts(course, inbox, name):
    put(inbox, name, "work")
    assert [(c.student, c.state) for c in collect(course, LAB, inbox)] == [("ada", "new")]
    assert taken(course) == {"ada": "work"}


def test_a_single_notebook_belongs_to_its_name_or_its_folder(course, inbox):
    assert collect(course, LAB, put(inbox, "bob.ipynb"))[0].student == "bob"
    assert collect(course, LAB, put(inbox, "carla/01-toy-gmm.ipynb"))[0].student == "carla"


def test_layouts_may_be_mixed_and_the_rest_is_ignored(course, inbox):
    put(inbox, "ada.ipynb", "a")
    put(inbox, "bob/01-toy-gmm.ipynb", "b")
    put(inbox, "bob/scratch.ipynb", "not this one")
    put(inbox, "bob/.ipynb_checkpoints/01-toy-gmm.ipynb", "nor this")
    put(inbox, "__MACOSX/bob/._01-toy-gmm.ipynb")
    put(inbox, ".DS_Store")
    put(inbox, "list.csv")
    assert [c.student for c in collect(course, LAB, inbox)] == ["ada", "bob"]
    assert taken(course) == {"ada": "a", "bob": "b"}


def test_only_the_notebook_is_taken(course, inbox):
    put(inbox, "ada/01-toy-gmm.ipynb")
    put(inbox, "ada/numpy.py", "raise SystemExit")
    put(inbox, "ada/helpers/__init__.py")
    collect(course, LAB, inbox)
    assert os.listdir(course.step("submitted", "ada", LAB)) == [f"{LAB}.ipynb"]


def test_broken_files_are_taken_too(course, inbox):
    (inbox / "ada.ipynb").write_bytes(b'{"cells": [\xff')
    assert collect(course, LAB, inbox)[0].state == "new"
    assert course.submission("ada", LAB).read_bytes() == b'{"cells": [\xff'


def test_a_second_hand_in_replaces_the_first(course, inbox):
    path = put(inbox, "ada.ipynb", "first")
    states = [collect(course, LAB, inbox)[0].state for _ in range(2)]
    path.write_text("second")
    states.append(collect(course, LAB, inbox)[0].state)
    assert states == ["new", "unchanged", "replaced"]
    assert taken(course) == {"ada": "second"}
    assert sorted(os.listdir(course.build)) == ["intake", "submitted"]
    assert [path.read_text() for path in kept(course, "ada", "versions")] == ["first"]


def test_names_in_any_script_are_one_name_however_they_are_packed(course, inbox):
    name = "Zoë Šťastná-李"
    put(inbox, unicodedata.normalize("NFD", name) + ".ipynb")
    [collected] = collect(course, LAB, inbox)
    assert collected.student == unicodedata.normalize("NFC", name)


def test_two_hand_ins_of_one_student_are_left_to_a_person(course, inbox):
    put(inbox, "ada.ipynb", "one")
    put(inbox, "ada/other.ipynb", "another")
    put(inbox, "bob/a.ipynb", "one")
    put(inbox, "bob/b.ipynb", "another")
    put(inbox, "carla.ipynb")
    states = {c.student: (c.state, c.problem) for c in collect(course, LAB, inbox)}
    assert states.pop("carla") == ("new", "")
    assert {s: state for s, (state, _) in states.items()} == {"ada": "left out", "bob": "left out"}
    assert all("2 notebooks" in problem for _, problem in states.values())
    assert taken(course) == {"carla": "{}"}


def test_links_are_not_followed(course, inbox, tmp_path):
    secret = put(tmp_path, "elsewhere/01-toy-gmm.ipynb", "somebody else's")
    (inbox / "ada.ipynb").symlink_to(secret)
    (inbox / "bob").symlink_to(secret.parent)
    (inbox / "carla").mkdir()
    (inbox / "carla" / "01-toy-gmm.ipynb").symlink_to(secret)
    collected = collect(course, LAB, inbox)
    assert [(c.student, c.state) for c in collected] == [
        (name, "left out") for name in ("ada", "bob", "carla")
    ]
    assert all("link" in c.problem for c in collected)
    assert taken(course) == {}


def test_a_student_without_a_notebook_is_named(course, inbox):
    put(inbox, "ada/report.pdf")
    [collected] = collect(course, LAB, inbox)
    assert (collected.state, "no notebook" in collected.problem) == ("left out", True)


@pytest.mark.parametrize("name", ["", "nowhere", "list.csv"])
def test_nothing_to_collect_is_an_error_that_says_what_is_expected(course, inbox, name):
    put(inbox, "list.csv")
    with pytest.raises(CourseError, match=r"<student>|Give the folder"):
        collect(course, LAB, inbox / name)


def test_two_copies_of_one_notebook_are_one(course, inbox):
    put(inbox, "ada/a.ipynb", "the same")
    put(inbox, "ada/b.ipynb", "the same")
    assert [c.state for c in collect(course, LAB, inbox)] == ["new"]


def labs(course, **cells):
    """Give a course labs whose notebooks have some cells."""
    for lab, names in cells.items():
        name = lab.replace("lab", "0").replace("_", "-")
        path = course.notebooks / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(cells=["setup", *names]))


@pytest.mark.parametrize("origin", platforms.DOWNLOADS)
@pytest.mark.parametrize("unpacked", [False, True], ids=["zip", "unpacked"])
def test_every_platforms_download_is_recognised(course, tmp_path, origin, unpacked):
    source = platforms.DOWNLOADS[origin](tmp_path / "all.zip", lambda m: notebook(m.login))
    if unpacked:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(tmp_path / "all")
        source = tmp_path / "all"
    told = []
    collected = collect(course, LAB, source, say=told.append)
    assert sorted(platforms.STUDENTS[origin]) == [c.student for c in collected]
    assert {c.state for c in collected} == {"new"}
    for student, member in zip(platforms.STUDENTS[origin], CLASS, strict=True):
        assert taken(course)[student] == notebook(member.login)
    names = {"canvas": "Canvas", "moodle": "Moodle", "ilias": "ILIAS"}
    assert told == [f"Read as a {names[origin]} download; --from says otherwise."]
    assert not list(course.build.glob(".*"))


def test_a_notebook_that_is_nobodys_is_named_and_not_lost(course, tmp_path):
    files = {canvas_name(m, 9): m.login for m in CLASS} | {
        "final FINAL.ipynb": "whose?",
        "list.csv": "",
    }
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files))
    [left] = [c for c in collected if c.problem]
    assert left.student == "final FINAL.ipynb"
    assert "Whose it is cannot be told, because Canvas names no file like this" in left.problem


@pytest.mark.parametrize("origin", ["canvas", "ilias"])
def test_lateness_that_a_platform_marks_is_known(course, tmp_path, origin):
    source = platforms.DOWNLOADS[origin](tmp_path / "all.zip", lambda m: notebook(m.login))
    late = {c.student: c.late for c in collect(course, LAB, source)}
    assert [s for s, is_late in late.items() if is_late] == [platforms.STUDENTS[origin][1]]


def test_ilias_in_german_and_in_ascii(course, tmp_path):
    name = f"Abgaben/Stastna_Ada_astastna_4712/Verspaetete Abgabe - {LAB}.ipynb"
    [collected] = collect(course, LAB, pack(tmp_path / "a.zip", {name: notebook()}), "ilias")
    assert (collected.student, collected.late) == ("astastna", True)


def test_moodle_as_one_heap_and_anonymous(course, tmp_path):
    source = platforms.moodle(tmp_path / "flat.zip", lambda m: notebook(m.login), flat=True)
    assert {c.student for c in collect(course, LAB, source)} == set(platforms.STUDENTS["moodle"])
    blind = {f"Participant_{n}_assignsubmission_file_/{LAB}.ipynb": notebook() for n in (7, 8)}
    collected = collect(course, LAB, pack(tmp_path / "blind.zip", blind))
    assert [c.student for c in collected] == ["Participant_7", "Participant_8"]


def test_moodles_online_texts_are_no_notebooks(course, tmp_path):
    text = moodle_folder(CLASS[0]).replace("_file", "_onlinetext") + "/onlinetext.html"
    files = {text: "Please see my e-mail", f"{moodle_folder(CLASS[1])}/{LAB}.ipynb": notebook()}
    zoe = collect(course, LAB, pack(tmp_path / "a.zip", files))[1]
    assert (zoe.student, zoe.state) == ("Zoë Müller_4711", "left out")
    assert "no notebook in this folder, only onlinetext.html" in zoe.problem


def test_canvas_anonymous_and_texts(course, tmp_path):
    files = {
        f"anon_aB3xY_9001_{LAB}.ipynb": notebook("1"),
        f"LATE_anon_Zz9qQ_9002_{LAB}.ipynb": notebook("2"),
        "doejane_5_9003_text.html": "<p>done</p>",
    }
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert [(c.student, c.late, c.state) for c in collected] == [
        ("anon_Zz9qQ", True, "new"),
        ("anon_aB3xY", False, "new"),
        ("doejane_5", False, "left out"),
    ]


def test_of_several_versions_the_newest_counts_and_the_others_are_kept(course, tmp_path):
    zoe = CLASS[0]
    canvas = {
        canvas_name(zoe, 9010, f"{LAB}.ipynb"): "first",
        canvas_name(zoe, 9300, f"{LAB}-2.ipynb"): "third",
        canvas_name(zoe, 9200, f"{LAB}-1.ipynb"): "second",
    }
    [collected] = collect(course, LAB, pack(tmp_path / "c.zip", canvas))
    assert taken(course) == {"müllerzoë_4711": "third"}
    assert collected.version == 3
    assert f"{LAB}-2.ipynb is the newest of 3; the others are kept." in collected.note
    assert {p.read_text() for p in kept(course, "müllerzoë_4711", "versions")} == {
        "first",
        "second",
    }

    folder = ilias_folder(zoe)
    ilias = {
        f"{folder}/{LAB}.ipynb": "a",
        f"{folder}/{LAB} (3).ipynb": "c",
        f"{folder}/{LAB} (2).ipynb": "b",
    }
    collect(course, LAB, pack(tmp_path / "i.zip", ilias))
    assert taken(course)["zmueller"] == "c"


def test_iliass_times_of_upload_decide_and_go_to_nbgrader(course, tmp_path):
    folder = ilias_folder(CLASS[0])
    files = {
        f"{folder}/20261012093000_{LAB}.ipynb": "newer",
        f"{folder}/20261011230000_{LAB}.ipynb": "older",
    }
    collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert taken(course) == {"zmueller": "newer"}
    stamp = course.step("submitted", "zmueller", LAB) / "timestamp.txt"
    assert stamp.read_text() == "2026-10-12 09:30:00\n"


def test_collecting_again_takes_only_what_is_newer(course, tmp_path):
    def download(number, text):
        return pack(tmp_path / "a.zip", {canvas_name(CLASS[0], number): text})

    states = [
        collect(course, LAB, download(*each))[0].state
        for each in ((20, "second"), (10, "first"), (20, "second"), (30, "third"))
    ]
    assert states == ["new", "older", "unchanged", "replaced"]
    assert taken(course) == {"müllerzoë_4711": "third"}
    versions = kept(course, "müllerzoë_4711", "versions")
    assert {path.read_text() for path in versions} == {"first", "second"}


def test_what_somebody_mended_by_hand_is_not_lost(course, inbox):
    path = put(inbox, "ada.ipynb", "from ada")
    collect(course, LAB, inbox)
    course.submission("ada", LAB).write_text("mended")
    path.write_text("new from ada")
    collect(course, LAB, inbox)
    assert [p.read_text() for p in kept(course, "ada", "versions")] == ["mended"]


def test_a_team_hands_in_once_and_each_member_gets_it(course, tmp_path):
    zoe, ada, anna, _ = CLASS
    files = {
        f"T/Team 12/{ilias_folder(zoe)}/20261012093000_{LAB}.ipynb": "ours",
        f"T/Team 12/{ilias_folder(ada)}/20261011093000_{LAB}.ipynb": "ours, a day before",
        f"T/Team 13/{ilias_folder(anna)}/{LAB}.ipynb": "mine",
    }
    roster = Roster([Student("li", "Li 李", "4714", team="12"), Student("bob", "Bob", "1")])
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files), roster=roster)
    assert {c.student: (c.team, c.state) for c in collected} == {
        "zmueller": ("Team 12", "new"),
        "astastna": ("Team 12", "new"),
        "li": ("Team 12", "new"),
        "aobrien": ("Team 13", "new"),
        "bob": ("", "missing"),
    }
    assert taken(course) == dict.fromkeys(("zmueller", "astastna", "li"), "ours") | {
        "aobrien": "mine"
    }


def test_groups_of_moodle_and_canvas_come_from_the_roster(course, tmp_path):
    table = tmp_path / "groups.csv"
    table.write_text(
        "name,lms_user_id,login,group_name\nA,1,ada,Red Team\nB,2,bob,Red Team\nBlue,3,carla,Blue\n"
    )
    roster = read_roster(table)
    moodle = {f"Red Team_77_assignsubmission_file/{LAB}.ipynb": "red"}
    collected = collect(course, LAB, pack(tmp_path / "m.zip", moodle), roster=roster)
    assert [(c.student, c.team, c.state) for c in collected] == [
        ("ada", "Red Team", "new"),
        ("bob", "Red Team", "new"),
        ("carla", "", "missing"),
    ]
    canvas = {f"redteam_2_900_{LAB}.ipynb": "new red", f"blue_3_901_{LAB}.ipynb": "blue"}
    collect(course, LAB, pack(tmp_path / "c.zip", canvas), roster=roster)
    assert taken(course) == {"ada": "new red", "bob": "new red", "carla": "blue"}


def test_older_moodles_write_the_group_in_front_of_every_name(course, tmp_path):
    files = {
        f"Red-Ada B_1_assignsubmission_file_/{LAB}.ipynb": "same",
        f"Red-Bob C_2_assignsubmission_file_/{LAB}.ipynb": "same",
        f"Jean-Luc D_3_assignsubmission_file_/{LAB}.ipynb": "other",
    }
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert [(c.student, c.team) for c in collected] == [
        ("Jean-Luc D_3", ""), ("Red-Ada B_1", "Red"), ("Red-Bob C_2", "Red"),
    ]  # fmt: skip


def test_of_two_notebooks_the_one_with_the_labs_cells_counts(course, inbox):
    labs(course, lab1_toy_gmm=["fit_mog", "mog_bic"], lab3_correlograms=["correlogram"])
    put(inbox, "ada/mine.ipynb", notebook())
    put(inbox, "ada/other lab.ipynb", notebook(cells=["correlogram"]))
    put(inbox, "ada/scratch.ipynb", notebook(cells=[]))
    [collected] = collect(course, LAB, inbox)
    assert (collected.state, taken(course)["ada"]) == ("new", notebook())
    assert len(kept(course, "ada", "files")) == 2


def test_the_notebook_of_another_lab_is_named(course, inbox):
    labs(course, lab1_toy_gmm=["fit_mog", "mog_bic"], lab3_correlograms=["correlogram"])
    put(inbox, f"ada/{LAB}.ipynb", notebook(cells=["setup", "correlogram"]))
    put(inbox, f"bob/{LAB}.ipynb", notebook(cells=["setup"]))
    ada, bob = collect(course, LAB, inbox)
    assert (
        ada.problem == f"{LAB}.ipynb is the notebook of lab 03-correlograms: ask for {LAB}.ipynb."
    )
    assert bob.state == "new"


def test_zips_in_the_zip_are_opened(course, tmp_path):
    inner = pack(tmp_path / "work.zip", {f"{LAB}/{LAB}.ipynb": "zipped", f"{LAB}/numpy.py": "evil"})
    outer = {
        f"A_{CLASS[0].login}/readme.txt": "x",
        canvas_name(CLASS[0], 9, "work.zip"): inner.read_bytes(),
        canvas_name(CLASS[1], 10): "plain",
    }
    collect(course, LAB, pack(tmp_path / "all.zip", outer))
    assert taken(course) == {"müllerzoë_4711": "zipped", "šťastnáada_4712": "plain"}
    [aside] = kept(course, "müllerzoë_4711", "files")
    assert (aside.name[8:], aside.read_text(), aside.stat().st_mode & 0o111) == (
        f"-{LAB}-numpy.py",
        "evil",
        0,
    )


def test_ilias_packs_its_submissions_once_more(course, tmp_path):
    inner = platforms.ilias(tmp_path / "in.zip", lambda m: m.login, inside="")
    outer = pack(
        tmp_path / "out.zip",
        {"Mixtures/Submissions.zip": inner.read_bytes(), "Mixtures/x.xlsx": b""},
    )
    assert {c.student for c in collect(course, LAB, outer)} == {m.login for m in CLASS}


def test_a_zip_of_folders_may_have_a_folder_around_it(course, tmp_path):
    files = {f"class/{s}/{LAB}.ipynb": s for s in ("ada", "bob")}
    collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert taken(course) == {"ada": "ada", "bob": "bob"}
    one = pack(tmp_path / "b.zip", {f"carla/{LAB}.ipynb": "c"})
    assert [c.student for c in collect(course, LAB, one)] == ["carla"]


def test_the_roster_gives_names_and_says_who_is_missing(course, tmp_path):
    source = platforms.canvas(tmp_path / "a.zip", lambda m: m.login, CLASS[:2])
    table = tmp_path / "gradebook.csv"
    table.write_text(
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Lab (9)\n    Points Possible,,,,,8\n"
        + "".join(f'"{m.last}, {m.first}",{m.number},,{m.login},A,\n' for m in CLASS),
        encoding="utf-8",
    )
    collected = collect(course, LAB, source, roster=read_roster(table))
    assert [(c.student, c.state) for c in collected] == [
        ("aobrien", "missing"), ("astastna", "new"), ("li", "missing"), ("zmueller", "new"),
    ]  # fmt: skip
    again = platforms.canvas(tmp_path / "b.zip", lambda m: m.login, CLASS[2:3])
    states = {c.student: c.state for c in collect(course, LAB, again, roster=read_roster(table))}
    assert states == {"aobrien": "new", "li": "missing"}


def test_without_a_roster_nbgraders_students_are_the_class(course, tmp_path):
    course.build.mkdir(parents=True)
    with sqlite3.connect(course.build / "gradebook.db") as book:
        book.execute("CREATE TABLE student (id, first_name, last_name, email, lms_user_id)")
        book.execute(
            "INSERT INTO student VALUES ('zm1', 'Zoë', 'Müller', NULL, '4711'), ('bob', '', '', '', '')"
        )
    book.close()
    source = platforms.moodle(tmp_path / "a.zip", lambda m: m.login, CLASS[:1])
    assert [(c.student, c.state) for c in collect(course, LAB, source)] == [
        ("bob", "missing"), ("zm1", "new"),
    ]  # fmt: skip


def test_a_number_keeps_the_name_it_was_collected_under(course, tmp_path):
    source = platforms.canvas(tmp_path / "a.zip", lambda m: m.login, CLASS[:1])
    collect(course, LAB, source)
    roster = Roster([Student("zmueller", "Zoë Müller", "4711")])
    states = {c.student: c.state for c in collect(course, LAB, source, roster=roster)}
    assert states["müllerzoë_4711"] == "unchanged"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"../{LAB}.ipynb", "leads out of its folder"),
        (f"ada/../../{LAB}.ipynb", "leads out of its folder"),
        (f"/etc/{LAB}.ipynb", "leads out of its folder"),
        (f"C:\\ada\\{LAB}.ipynb", "leads out of its folder"),
        (f"ada/{'x' * 300}/{LAB}.ipynb", "too long"),
        (f"{'ada/' * 60}{LAB}.ipynb", "too long"),
    ],
)
def test_names_that_lead_astray_are_refused(course, tmp_path, name, reason):
    files = {name: "evil", f"bob/{LAB}.ipynb": "good"}
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files), "folder")
    assert taken(course) == {"bob": "good"}
    assert reason in " ".join(c.problem for c in collected)
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "course"]


def special(kind, content="/etc/passwd"):
    info = zipfile.ZipInfo(f"ada/{LAB}.ipynb")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return {info: content}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(stat.S_IFLNK, "is a link"), (stat.S_IFCHR, "device"), (stat.S_IFIFO, "pipe")],
)
def test_links_and_devices_in_archives_are_refused(course, tmp_path, kind, reason):
    [collected] = collect(course, LAB, pack(tmp_path / "a.zip", special(kind)))
    assert (collected.student, collected.state) == ("ada", "left out")
    assert reason in collected.problem


def test_a_zip_bomb_costs_only_who_sent_it(course, tmp_path):
    bomb = pack(tmp_path / "bomb.zip", {f"{LAB}.ipynb": b"0" * (5 * 2**20)})
    assert bomb.stat().st_size < 10_000
    files = {f"ada/{LAB}.ipynb": "good", "bob/work.zip": bomb.read_bytes()}
    ada, bob = collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert (ada.state, bob.state) == ("new", "left out")
    assert "zip bomb" in bob.problem


def test_a_download_too_large_to_be_one_is_refused(course, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    path = pack(tmp_path / "a.zip", {f"{s}/{LAB}.ipynb": os.urandom(400) for s in ("a", "b", "c")})
    with pytest.raises(CourseError, match="Look for the file that is too large"):
        collect(course, LAB, path)
    monkeypatch.setattr(archives, "MAX_FILES", 2)
    with pytest.raises(CourseError, match="Is it the right download"):
        collect(course, LAB, path)
    assert taken(course) == {}


def test_an_archive_that_lies_about_sizes_is_damaged(course, tmp_path):
    path = pack(tmp_path / "a.zip", {f"ada/{LAB}.ipynb": b"0123456789" * 40})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 400), struct.pack("<I", 9)))
    [collected] = collect(course, LAB, path)
    assert "is damaged in the archive" in collected.problem


def test_archives_in_archives_end_somewhere(course, tmp_path):
    content = pack(tmp_path / "0.zip", {f"{LAB}.ipynb": "deep"}).read_bytes()
    for level in range(4):
        content = pack(tmp_path / "n.zip", {f"ada{level}.zip": content}).read_bytes()
    [collected] = collect(course, LAB, tmp_path / "n.zip", "folder")
    assert "archives in archives" in collected.problem


def test_an_encrypted_file_is_refused(course, tmp_path):
    path = pack(tmp_path / "a.zip", {f"ada/{LAB}.ipynb": "secret"})
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    path.write_bytes(raw)
    [collected] = collect(course, LAB, path)
    assert "is encrypted: ask for it without a password" in collected.problem


def test_a_damaged_or_truncated_archive_is_named(course, tmp_path):
    whole = platforms.canvas(tmp_path / "a.zip", lambda m: m.login * 500)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(CourseError, match=r"cut.zip is not a whole zip archive.*Download it again"):
        collect(course, LAB, cut)
    files = {
        "ada/work.zip": cut.read_bytes(),
        "bob/work.rar": b"Rar!",
        f"carla/{LAB}.ipynb": "good",
    }
    ada, bob, carla = collect(course, LAB, pack(tmp_path / "b.zip", files))
    assert "work.zip is not a whole zip archive" in ada.problem
    assert "work.rar is an archive of a kind that is not opened" in bob.problem
    assert carla.state == "new"
    with pytest.raises(CourseError, match="Unpack it"):
        collect(course, LAB, put(tmp_path, "class.tar.gz"))


@pytest.mark.parametrize("code", ["utf-8", "cp437", "cp1252"])
def test_names_without_an_encoding_are_read_as_letters(course, tmp_path, code):
    stand_in = "M#ller_Zo@_zm_7"
    path = pack(
        tmp_path / "a.zip", {f"{stand_in}/{LAB}.ipynb": "x", f"Abc_Def_gh_8/{LAB}.ipynb": "y"}
    )
    name = stand_in.replace("#", "ü").replace("@", "ë").encode(code)
    raw = path.read_bytes()
    # Same length, so that no offset in the archive changes.
    padded = stand_in.encode() if len(name) == len(stand_in) else None
    if padded is None:
        longer = stand_in.replace("#", "##").replace("@", "@@")
        raw = pack(
            path, {f"{longer}/{LAB}.ipynb": "x", f"Abc_Def_gh_8/{LAB}.ipynb": "y"}
        ).read_bytes()
        padded = longer.encode()
    path.write_bytes(raw.replace(padded, name))
    collect(course, LAB, path)
    entries = json.loads((course.build / "intake" / LAB / "register.json").read_text("utf-8"))
    assert entries["zm"]["name"] == "Müller, Zoë"


def test_names_that_differ_in_case_are_left_to_a_person(course, tmp_path):
    files = {f"Ada/{LAB}.ipynb": "1", f"ada/{LAB}.ipynb": "2", f"bob/{LAB}.ipynb": "3"}
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files))
    assert [c.state for c in collected] == ["left out", "left out", "new"]
    assert "Ada and ada differ only in case" in collected[0].problem
    twice = {f"carla/{LAB}.ipynb": "1", f"carla/{LAB.upper()}.IPYNB": "1"}
    assert [c.state for c in collect(course, LAB, pack(tmp_path / "b.zip", twice))] == ["new"]


@pytest.mark.parametrize("name", ["con", "LPT1", "who: me", "x" * 200, "tab\there"])
def test_names_no_disk_can_bear_are_refused(course, tmp_path, name):
    files = {f"{name}/{LAB}.ipynb": "1", f"bob/{LAB}.ipynb": "2"}
    collected = collect(course, LAB, pack(tmp_path / "a.zip", files), "folder")
    assert "cannot be a student's name" in " ".join(c.problem for c in collected)
    assert list(taken(course)) == ["bob"]


def test_files_of_one_content_are_kept_once(course, inbox):
    for student in ("ada", "bob"):
        put(inbox, f"{student}/{LAB}.ipynb", student)
        put(inbox, f"{student}/data/big.npy", "the course's own data")
    collect(course, LAB, inbox)
    one, other = (kept(course, student, "files")[0] for student in ("ada", "bob"))
    assert one.samefile(other)
    assert one.name.endswith("-data-big.npy")


def test_a_damaged_register_is_an_error_that_says_what_to_do(course, inbox):
    put(inbox, "ada.ipynb")
    collect(course, LAB, inbox)
    (course.build / "intake" / LAB / "register.json").write_text("{")
    with pytest.raises(CourseError, match="Move it away, then collect again"):
        collect(course, LAB, inbox)
