"""The report: pages that open offline, load nothing, escape everything, and are the same bytes each time."""

import base64
import builtins
import hashlib
import html.parser
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from verax.__main__ import run
from verax.ci.configuration import Configuration
from verax.ci.gate import SCHEMA, GateReport
from verax.ci.outputs import Output
from verax.language.errors import UsageError
from verax.property_tests.outcomes import LawOutcome, Sample, SubjectReport, Worst
from verax.reference.findings import Blame, Finding, Status
from verax.reports.figures import error_figure, thinned
from verax.reports.site import build_site, read_judgements, slug_of

HOSTILE = "evil.py::<script>alert('1')</script>\x1b[31m\"&{{ 7*7 }}../../etc"


def finding(subject: str, message: str, status: Status = Status.FINDING) -> Finding:
    return Finding(
        code="VX701",
        subject=subject,
        law="value",
        message=message,
        status=status,
        blame=Blame.FORMULA,
        mend="Use logaddexp(x, 0).",
        location="evil.py:3",
        worst_input=("float32[1] 0x1.9p+6",),
        error=float("inf"),
        bound=2.5,
        equation="c:f32[1] = exp b   # evil.py:3",
        capsule="VX701-evil-0123456789ab.json",
    )


@pytest.fixture(scope="module")
def judged() -> GateReport:
    samples = tuple(Sample(x=(i - 500) / 7, error=abs(i % 13) / 10, bound=1.5) for i in range(1000))
    fine = SubjectReport(
        subject="losses.py::huber",
        location="losses.py:9",
        laws=(
            LawOutcome("value", Status.HOLD, 40, 12),
            LawOutcome("jit", Status.HOLD, 40, 12),
            LawOutcome("second derivative", Status.UNVERIFIED, 40, 12),
        ),
        value=Worst(0.7, 1.5, "out[0][2]"),
        gradient=Worst(1.2, 4.0),
        inputs=40,
        edges=12,
        samples=(*samples, Sample(float("nan"), 0.0, 1.0), Sample(1.0, float("inf"), float("inf"))),
        skipped={"pmap": "it takes no axis"},
        platform="numpy",
    )
    evil = SubjectReport(
        subject=HOSTILE,
        findings=(finding(HOSTILE, "</style><img src=http://evil.example/x onerror=alert(1)>"),),
        laws=(LawOutcome("value", Status.FINDING, 40, 12),),
        value=Worst(float("inf"), 2.5),
        inputs=40,
        edges=12,
        complete=False,
    )
    return GateReport(
        schema=SCHEMA,
        verax="0.1.0",
        environment={"python": "3.11"},
        targets=("losses.py", HOSTILE),
        configuration=Configuration(),
        subjects=(fine, evil),
    )


@pytest.fixture(scope="module")
def site(judged: GateReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    build_site(judged, out)
    return out


class Page(html.parser.HTMLParser):
    """Every tag with its attributes, and the text between."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_there_is_an_index_and_a_page_for_each_function(site: Path) -> None:
    index = Page(site / "index.html")
    links = [attrs["href"] for tag, attrs in index.tags if tag == "a"]
    assert len(set(links)) == 2
    assert all((site / str(link)).is_file() for link in links)
    assert "2 hold, 1 findings, 1 unverified, 0 ambiguous, 0 notes" in index.text


def test_pages_load_nothing_from_anywhere(site: Path) -> None:
    for path in site.glob("*.html"):
        for tag, attrs in Page(path).tags:
            assert tag not in {"script", "iframe", "object", "embed", "link", "base", "form"}
            assert not any(name.startswith("on") or name == "style" for name in attrs)
            if tag == "img":
                assert str(attrs["src"]).startswith("data:image/svg+xml;base64,")
            for name in ("href", "src", "action", "srcset"):
                assert "//" not in (attrs.get(name) or "").partition("base64,")[0]
    for figure in site.glob("*.svg"):
        loads = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', figure.read_text(encoding="utf-8"))
        assert all((a or b).startswith("#") for a, b in loads)


def test_the_policy_names_the_style_that_is_there(site: Path) -> None:
    for path in site.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        style = text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = next(a["content"] for t, a in Page(path).tags if t == "meta" and "http-equiv" in a)
        assert policy is not None
        assert policy.startswith("default-src 'none';")
        assert f"style-src 'sha256-{digest}'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy


def test_hostile_names_are_text(site: Path) -> None:
    pages = [Page(path) for path in site.glob("*.html")]
    assert all("\x1b" not in path.read_text(encoding="utf-8") for path in site.glob("*.html"))
    assert any("<script>alert('1')</script>" in page.text for page in pages)
    assert any("{{ 7*7 }}" in page.text for page in pages)
    assert any("onerror=alert(1)" in page.text for page in pages)
    assert re.fullmatch(r"[a-z0-9-]+", slug_of(HOSTILE))
    assert slug_of(HOSTILE) != slug_of(HOSTILE + " ")


def test_a_page_tells_figure_findings_and_what_was_not_verified(site: Path) -> None:
    fine = Page(site / f"{slug_of('losses.py::huber')}.html")
    assert sum(tag == "img" for tag, _ in fine.tags) == 1
    assert "0.7 <= 1.5" in fine.text
    assert "second derivative: not verified" in fine.text
    assert "pmap: it takes no axis" in fine.text
    evil = Page(site / f"{slug_of(HOSTILE)}.html")
    for told in ("VX701", "Use logaddexp(x, 0).", "exp b", "verax replay .verax/capsules/VX701-evil"):
        assert told in evil.text


def test_the_same_judgements_give_the_same_bytes(judged: GateReport, site: Path, tmp_path: Path) -> None:
    again = build_site(judged, tmp_path / "again")
    assert {p.name for p in site.iterdir()} == {p.name for p in (tmp_path / "again").iterdir()}
    for path in (tmp_path / "again").iterdir():
        assert path.read_bytes() == (site / path.name).read_bytes()
    assert again[0].name == "index.html"


def test_the_figure_keeps_the_worst_and_names_its_text(judged: GateReport) -> None:
    samples = judged.subjects[0].samples[:1000]
    spike = Sample(x=3.3, error=77.0, bound=1.5)
    assert spike in thinned((*samples, spike))
    figure = error_figure((*samples, spike), "huber")
    assert figure is not None
    assert "<text" in figure
    assert error_figure((), "nothing") is None


def test_the_command_reads_what_the_gate_wrote(judged: GateReport, tmp_path: Path) -> None:
    Output(f"json:{tmp_path / 'gate.json'}").write(judged)
    read = read_judgements(tmp_path / "gate.json")
    assert msgspec.structs.replace(read, subjects=()) == msgspec.structs.replace(judged, subjects=())
    assert read.subjects[1] == judged.subjects[1]
    assert run(["report", str(tmp_path / "gate.json"), "--out", str(tmp_path / "site")]) == 0
    assert (tmp_path / "site" / "index.html").is_file()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "of schema 1, got None"),
        ('{"schema": 99}', "of schema 1, got 99"),
        ('{"schema": 1}', "is damaged"),
    ],
)
def test_other_files_are_refused_in_a_sentence(content: str | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=told) as caught:
        read_judgements(path)
    assert "verax gate" in str(caught.value)


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_a_missing_extra_names_the_command(
    library: str, judged: GateReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refusing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == library:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(UsageError, match=rf"needs {library}.*pip install 'verax\[report\]'"):
        build_site(judged, tmp_path / "site")
