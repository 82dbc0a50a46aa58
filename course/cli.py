"""The command `course`: hand out labs, collect what comes back, grade it, and see what was misunderstood.

Heavy modules are imported by the commands that need them, so that `course --help` answers at once.
"""

import argparse
import errno
import json
import logging
import os
import sys
import textwrap
import time
import traceback
import warnings
from contextlib import contextmanager
from pathlib import Path

from .files import disk_is_full
from .folder import CourseError, CourseFolder
from .programs import find_programs

OK, FAILED, USAGE, QUARANTINED, INTERRUPTED, NO_READER = 0, 1, 2, 3, 130, 141
PLAIN_WIDTH = 100  # columns of a table that goes into a file or a pipe


def main(arguments=None):
    """Run one command.

    Parameters
    ----------
    arguments : list of str, optional
        By default those of the command line.

    Returns
    -------
    int
        The exit status: 0 all well, 1 an error, 2 wrong usage, 3 some submissions need a person,
        130 interrupted.
    """
    debugging = os.environ.get("COURSE_DEBUG") == "1"
    _prepare(debugging)
    options = _parser().parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status or OK
    except KeyboardInterrupt:
        _say(getattr(options, "when_stopped", "Stopped."))
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads on, as after `| head`: keep Python from complaining when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_READER
    except Exception as error:
        if debugging:
            traceback.print_exc()
        _say(f"course {options.command}: {_explain(error)}")
        return FAILED


def _prepare(debugging):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not debugging:
        warnings.simplefilter("ignore")
        logging.getLogger().addHandler(logging.NullHandler())
    find_programs()
    # jsonschema, when nbformat loads it, would spend a second on a grammar for addresses.
    sys.modules.setdefault("rfc3987_syntax", None)


def _explain(error):
    """What happened, to which file, and what to do next."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, OSError):
        file = f" ({error.filename})" if error.filename else ""
        if disk_is_full(error):
            return f"The disk is full{file}. Free some space, then run the same command again."
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"This may not be read or written{file}. Change its permissions, then try again."
        return f"{error.strerror or error}{file}. Put that right, then run the same command again."
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"This is a mistake in the course's own code ({type(error).__name__}: {error}, in"
        f" {Path(frame.filename).name} line {frame.lineno}). Please report it, with what"
        " the same command prints after COURSE_DEBUG=1."
    )


def _parser():
    parser = argparse.ArgumentParser(
        prog="course",
        description="Hand out labs, collect what comes back, grade it, and see what was misunderstood.",
        epilog="`course COMMAND --help` explains a command and gives an example.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, run, text, example):
        added = commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=f"Example: {example}",
        )
        added.set_defaults(run=run)
        return added

    add = command("list", _list, "list the labs with points, time and data", "course list")
    add.add_argument("--json", action="store_true", help="print JSON instead of a table")

    add = command(
        "release", _release, "make the folders that students receive",
        "course release 01-toy-gmm --to handouts",
    )  # fmt: skip
    add.add_argument("labs", nargs="*", metavar="LAB", help="by default all labs")
    add.add_argument("--to", metavar="DIR", help="where the folders go; by default build/bundle")
    add.add_argument(
        "--release-solutions-of", action="append", default=[], metavar="LAB",
        help="let the helpers that solve this lab come along (may be repeated)",
    )  # fmt: skip

    add = command(
        "answer", _answer, "fill the released notebook with the answers of a percent file",
        "course answer 01-toy-gmm my-answers.py -o filled.ipynb",
    )  # fmt: skip
    add.add_argument("lab", metavar="LAB")
    add.add_argument(
        "answers", metavar="ANSWERS.py",
        help="sections `# %% fit_mog`; the word `reference` means the instructor's answers",
    )  # fmt: skip
    add.add_argument("-o", dest="output", required=True, metavar="NOTEBOOK.ipynb")

    add = command(
        "collect",
        _collect,
        "take in what students handed in",
        "course collect 01-toy-gmm Submissions.zip --roster class.csv",
    )
    add.add_argument("lab", metavar="LAB")
    add.add_argument(
        "source", metavar="SOURCE",
        help="what ILIAS, Moodle or Canvas lets you download, as a zip or unpacked; a folder or zip of"
        " <student>/<lab>.ipynb, <student>.ipynb or <student>/ANY.ipynb; or one notebook",
    )  # fmt: skip
    add.add_argument(
        "--from", dest="origin", choices=["ilias", "moodle", "canvas", "folder"],
        help="how SOURCE names its files; by default it is recognised",
    )  # fmt: skip
    add.add_argument(
        "--roster", metavar="CSV",
        help="who is in the class, to name who is missing and who is in which team: columns id or login,"
        " lms_user_id, team; or Moodle's grading worksheet, Canvas's gradebook. By default nbgrader's students",
    )  # fmt: skip

    add = command(
        "grade", _grade, "grade what was collected, or single files without a gradebook",
        "course grade 01-toy-gmm --jobs 2",
    )  # fmt: skip
    add.add_argument("lab", metavar="LAB")
    add.add_argument(
        "paths", nargs="*", metavar="PATH",
        help="notebooks to be graded without any gradebook; by default everything collected",
    )  # fmt: skip
    add.add_argument(
        "--json", metavar="FILE",
        help="write the results as JSON: one object for a single PATH, else a list; - is the terminal",
    )  # fmt: skip
    many = add.add_mutually_exclusive_group()
    many.add_argument("--jobs", type=_count, default=1, metavar="N", help="grade N at a time")
    many.add_argument(
        "--scheduler", metavar="ADDRESS",
        help="grade on a cluster of dask.distributed, such as tcp://127.0.0.1:8786",
    )  # fmt: skip
    add.add_argument(
        "--resume",
        action="store_true",
        help="leave out what has been graded since it was collected",
    )
    add.add_argument(
        "--seed", type=_seed, metavar="N", help="seed of the checks, to grade again alike"
    )
    add.add_argument(
        "--trust-submissions", action="store_true",
        help="do not shut kernels in: only where you trust every submission and there is no sandbox",
    )  # fmt: skip
    add.set_defaults(
        when_stopped="Stopped; finished results are kept; run again with --resume to go on."
    )

    add = command(
        "feedback", _feedback, "write one HTML page for every student",
        "course feedback 01-toy-gmm --to pages",
    )  # fmt: skip
    add.add_argument("lab", metavar="LAB")
    add.add_argument(
        "--to", metavar="DIR", help="write DIR/<student>.html; by default build/feedback/…"
    )

    add = command(
        "report", _report, "show the class's results and what it misunderstood",
        "course report 01-toy-gmm",
    )  # fmt: skip
    add.add_argument("labs", nargs="*", metavar="LAB", help="by default all labs with results")
    add.add_argument("--to", metavar="DIR", help="where CSV and HTML go; by default build/report")

    add = command(
        "export", _export, "write the points as CSV that ILIAS, Moodle or Canvas imports",
        "course export 01-toy-gmm --for canvas --to points.csv --roster gradebook.csv",
    )  # fmt: skip
    add.description += " Points have two decimals at most, halves are rounded up; only who has all points is in the file."
    add.add_argument("lab", metavar="LAB")
    add.add_argument(
        "--for", dest="platform", required=True, choices=["ilias", "moodle", "canvas"],
        help="ILIAS: the status file; Moodle: the grading worksheet; Canvas: the gradebook",
    )  # fmt: skip
    add.add_argument("--to", metavar="FILE.csv", required=True)
    add.add_argument(
        "--roster", metavar="CSV",
        help="the platform's own worksheet or gradebook, to be filled in; or a list with its numbers",
    )  # fmt: skip
    add.add_argument(
        "--automatic", action="store_true", help="the points of the checks alone, without marks by hand"
    )  # fmt: skip
    add.add_argument(
        "--column", default="", metavar="TITLE", help="Canvas's assignment, such as 'Lab 1 (4711)'"
    )  # fmt: skip
    add.add_argument(
        "--pass", dest="pass_mark", type=float, metavar="POINTS",
        help="from so many points on, ILIAS shall say passed, and below failed; by default neither",
    )  # fmt: skip

    command("doctor", _doctor, "check this machine and this course", "course doctor")
    command("demo", _demo, "grade a made-up class in a temporary course", "course demo")
    return parser


def _count(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number


def _seed(text):
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("it must be 0 or more")
    return number


def _list(options):
    from .lab import Lab, lab_names

    folder = CourseFolder.find()
    labs = [Lab(folder, name) for name in lab_names(folder)]
    if options.json:
        _print(json.dumps([_facts(lab) for lab in labs], ensure_ascii=False, indent=1))
        return
    rows = [
        (lab.name, lab.about.get("title", ""), f"{lab.max_score:g} + {sum(lab.manual.values()):g}",
         f"{lab.about['minutes']} min" if "minutes" in lab.about else "–",
         ", ".join(lab.about.get("data", [])) or "none")
        for lab in labs
    ]  # fmt: skip
    print_table(("lab", "title", "points (checks + by hand)", "time", "data"), rows)


def _facts(lab):
    return {
        "lab": lab.name,
        "title": lab.about.get("title", ""),
        "max_score": round(lab.max_score, 9),
        "max_manual": sum(lab.manual.values()),
        "minutes": lab.about.get("minutes"),
        "data": lab.about.get("data", []),
        "tasks": {task.name: round(task.max_score, 9) for task in lab.tasks},
    }


def _release(options):
    from .lab import Lab, lab_names
    from .release import release

    folder = CourseFolder.find()
    for name in options.labs or lab_names(folder):
        _print(release(Lab(folder, name), options.to, options.release_solutions_of))


def _answer(options):
    from .answers import fill, read_answers, reference, write
    from .lab import Lab

    lab = Lab(CourseFolder.find(), options.lab)
    if options.answers == "reference" and not Path(options.answers).exists():
        answers = reference(lab)
    else:
        answers = read_answers(options.answers)
    write(lab, fill(lab, answers), options.output)
    _print(options.output)


def _collect(options):
    from .collect import collect
    from .lab import Lab
    from .roster import read_roster

    folder = CourseFolder.find()
    lab = Lab(folder, options.lab)
    roster = read_roster(options.roster) if options.roster else None
    collected = collect(folder, lab.name, options.source, options.origin, roster, say=_say)
    left_out = [each for each in collected if each.problem]
    for each in left_out:
        _say(f"{each.student}: left out. {each.problem}")
    show_intake(collected)
    return QUARANTINED if left_out else OK


def show_intake(collected):
    """Print who handed in what, and who is missing."""
    rows = [
        (each.student, each.state, str(each.version) if each.is_taken else "",
         "late" if each.late else "", each.team, each.problem or each.note)
        for each in collected
    ]  # fmt: skip
    print_table(("student", "hand-in", "version", "late", "team", "what to know"), rows)
    counts = {
        "collected": sum(each.is_taken for each in collected),
        "late": sum(each.late for each in collected),
        "left out": sum(bool(each.problem) for each in collected),
        "missing": sum(each.state == "missing" for each in collected),
    }
    told = [f"{n} {what}" for what, n in counts.items() if n or what == "collected"]
    _print(f"{', '.join(told)}.")


def _grade(options):
    from .lab import Lab

    lab = Lab(CourseFolder.find(), options.lab)
    records = _grade_paths(lab, options) if options.paths else _grade_class(lab, options)
    if options.json:
        _write_json(options.json, records[0] if len(options.paths) == 1 else records)
    if options.json != "-":
        _show_grades(records, details=len(options.paths) == 1)
    quarantined = [record for record in records if record["status"] == "quarantined"]
    for record in quarantined:
        _say(f"{record['student']}: quarantined. {' '.join(record['problems'])}")
    return QUARANTINED if quarantined else OK


def _grade_paths(lab, options):
    from .grade import grade_files

    missing = [path for path in options.paths if not os.path.lexists(path)]
    if missing:
        raise CourseError(f"There is no file {missing[0]}, so nothing was graded. Check the path.")
    with _progress(len(options.paths)) as advance:
        return grade_files(
            lab,
            options.paths,
            options.jobs,
            options.seed,
            options.trust_submissions,
            on_result=advance,
            scheduler=options.scheduler,
        )


def _grade_class(lab, options):
    from .grade import grade_class

    students = lab.folder.students(lab.name)
    if not students:
        raise CourseError(
            f"Nothing was collected for lab {lab.name} yet. Run `course collect {lab.name} FOLDER`."
        )
    with _progress(len(students)) as advance:
        return grade_class(
            lab,
            jobs=options.jobs,
            resume=options.resume,
            seed=options.seed,
            trust=options.trust_submissions,
            on_result=advance,
            scheduler=options.scheduler,
        )


@contextmanager
def _progress(total):
    """A function to call with each new record: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        done, times = 0, []

        def say(record):
            nonlocal done
            done += 1
            times.append(time.monotonic())
            left = f"; {_time_left(times, total - done)} left" if 1 < done < total else ""
            _say(f"{done} of {total}: {record['student']}, {_result(record)}{left}")

        yield say
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TextColumn("time left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda record: bar.advance(task)


def _time_left(times, n):
    """How long n more results will take, in words, given when results came; those of an earlier run count little."""
    recent = times[-100:]
    seconds = n * (recent[-1] - recent[0]) / max(1, len(recent) - 1)
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _result(record):
    if record["status"] == "quarantined":
        return "quarantined"
    return f"{record['score']:g} of {record['max_score']:g} points"


def _write_json(file, content):
    text = json.dumps(content, ensure_ascii=False, indent=1)
    if file == "-":
        _print(text)
    else:
        from .files import write_text

        write_text(Path(file), text + "\n")


def _show_grades(records, details):
    from .records import first_problem

    for record in records:
        _print(f"{record['student']}: {_result(record)}")
        if details:
            _show_tasks(record)
        elif record["status"] != "quarantined" and first_problem(record):
            _print(f"    {first_problem(record)}")


def _show_tasks(record):
    for problem in record["problems"]:
        _print(f"  note: {problem}")
    for task in record["tasks"]:
        _print(f"  {task['task']}: {task['score']:g} of {task['max_score']:g}")
        for check in task["checks"]:
            if not check["passed"]:
                _print(
                    f"    failed: {check.get('title') or check['name']}\n      {check['message']}"
                )


def _feedback(options):
    from .feedback import write_feedback
    from .lab import Lab

    pages = write_feedback(Lab(CourseFolder.find(), options.lab), options.to)
    for path in pages:
        _print(path)


def _report(options):
    from .lab import Lab, lab_names
    from .report import ClassReport

    folder = CourseFolder.find()
    names = options.labs or [n for n in lab_names(folder) if any(folder.results(n).glob("*.json"))]
    if not names:
        raise CourseError(
            "No lab has results yet. Run `course collect LAB FOLDER`, `course grade LAB`."
        )
    for name in names:
        report = ClassReport.of(Lab(folder, name))
        show_report(report)
        for path in report.write(options.to):
            _print(path)


def show_report(report):
    """Print the class table and what the class misunderstood."""
    _print(f"{report.lab.name}: {report.summary}")
    rows = [
        (
            row["student"],
            "none" if row["score"] is None else f"{row['score']:g} of {row['max_score']:g}",
            row["status"],
            row["problem"],
        )
        for row in report.rows
    ]
    print_table(("student", "score", "status", "first thing that was wrong"), rows)
    failed = [check for check in report.checks if check.n_failed][:5]
    if failed:
        _print("\nWhat the class misunderstood most:")
    for check in failed:
        told = f"{check.n_failed} of {check.n_answered} failed {check.task}: {check.title}"
        _print(textwrap.fill(told, PLAIN_WIDTH, initial_indent="  ", subsequent_indent="    "))
    found = report.comparison
    if found.pairs:
        n = len(found.pairs) + found.n_more
        _print(
            f"\n{n} pair{'s' * (n != 1)} of submissions share uncommon structure; the HTML report shows the"
            " passages.\nThis is a hint to read both, not a finding."
        )


def _export(options):
    from .downloads import NAMES
    from .export import export
    from .lab import Lab

    lab = Lab(CourseFolder.find(), options.lab)
    done = export(
        lab, options.platform, options.to, options.roster, options.automatic, options.column,
        options.pass_mark,
    )  # fmt: skip
    for student, why in done.left_out.items():
        _say(f"{student}: left out. {why}")
    kind = "points of the checks" if options.automatic else "points"
    _print(
        f"{done.path}: {kind} of {len(done.points)} students for {NAMES[options.platform]}, rounded half up"
        " to two decimals."
    )
    return QUARANTINED if done.left_out else OK


def _doctor(_):
    from .doctor import examine

    return OK if examine(_print) else FAILED


def _demo(_):
    from .demo import run_demo

    run_demo(_print, show_report, _progress)


def print_table(heads, rows):
    """Print a table on stdout, wrapped to the terminal; nothing in it can steer the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_printable(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH).print(table)


def _print(text):
    print(_printable(text), flush=True)


def _say(text):
    print(_printable(text), file=sys.stderr, flush=True)


def _printable(text):
    """Names and messages come from submissions: nothing in them may steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in str(text))
