"""Measures the search against Whoosh as its manual shows it: `python -m tests.benchmarks.search [--json FILE]`.

Both index the same generated library (2,000 documents of about 300 words, Zipf's law, a fixed seed) in the same run on
the same disk, so what is printed are ratios. "Naive" opens a searcher for each question, reads the question with the
default parser, groups by facets and filters by permission by Whoosh's own means. "Ours" is `Finder.find`, which always
counts every facet under the viewer's permission. "First" is the first time a word is asked for, "again" any later one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from time import process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
django.setup()

from whoosh import fields, qparser, query, sorting  # noqa: E402 - after Django's setup
from whoosh.analysis import StemmingAnalyzer  # noqa: E402
from whoosh.index import create_in  # noqa: E402

from portal.search import engine  # noqa: E402
from portal.search.documents import index_fields  # noqa: E402
from portal.search.engine import Readers, Store  # noqa: E402
from portal.search.finder import Finder  # noqa: E402
from portal.search.plan import Plan  # noqa: E402
from portal.search.query import parse  # noqa: E402
from portal.search.registry import Document, Part  # noqa: E402

SEED = 20231011
DOCUMENTS = 2_000
WORDS = 300
VOCABULARY = 8_000
QUESTIONS = 60
FACETS = ("kind", "topic", "country")
#: What a member of two groups may read.
MEMBER = frozenset({"public", "members", "group:1", "group:4", "named:17"})
_SYLLABLES = """ba be bo da de do fa fi ga go ka ki la le lo ma mi mo na ne no pa pe ra re ri ro sa se so ta te ti
to va vi""".split()


def vocabulary(rng: random.Random) -> list[str]:
    """Return different words of two to five syllables."""
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 5)))] = None
    return list(made)


def library(rng: random.Random, words: list[str], count: int) -> list[Document]:
    """Return generated documents whose words follow Zipf's law; a third is public."""
    weights = [1 / (rank + 2) for rank in range(len(words))]
    acls = ["public"] * 4 + ["members"] * 4 + [f"group:{n}" for n in range(1, 5)]
    made = []
    for number in range(count):
        text = rng.choices(words, weights, k=WORDS)
        acl = rng.choice(acls)
        made.append(
            Document(
                id=f"bench.item:{number}",
                kind=rng.choice(("sop", "report", "lesson", "video", "meeting")),
                title=" ".join(rng.choices(words, weights, k=6)),
                url=f"/{number}/",
                tlp="TLP:CLEAR" if acl == "public" else "TLP:GREEN",
                principals=frozenset({acl}),
                parts=(Part(" ".join(text)),),
                topics=tuple(rng.sample([f"Topic {n}" for n in range(12)], 2)),
                scenarios=(f"Scenario {rng.randint(1, 5)}",),
                country=rng.choice(("PL", "LV", "FI", "NL", "PT", "ES", "DE", "FR")),
                date=dt.date(2020 + number % 6, 1 + number % 12, 1 + number % 28),
            )
        )
    return made


class Naive:
    """Whoosh as its manual shows it."""

    def __init__(self, folder: Path, documents: Iterable[Document]) -> None:
        text = fields.TEXT(analyzer=StemmingAnalyzer(), stored=True)
        keyword = fields.KEYWORD(commas=True, stored=True, sortable=True)
        shape = fields.Schema(
            id=fields.ID(unique=True, stored=True),
            title=text,
            body=text,
            kind=keyword,
            topic=keyword,
            country=keyword,
            acl=keyword,
        )
        self.index = create_in(str(folder), shape)
        writer = self.index.writer()
        for one in documents:
            writer.add_document(**self.fields(one))
        writer.commit()
        self.parser = qparser.MultifieldParser(["title", "body"], self.index.schema)

    @staticmethod
    def fields(one: Document) -> dict[str, Any]:
        """Return the fields of a document."""
        return {
            "id": one.id,
            "title": one.title,
            "body": one.parts[0].text,
            "kind": one.kind,
            "topic": ",".join(one.topics),
            "country": one.country,
            "acl": ",".join(one.principals),
        }

    def find(self, question: str) -> int:
        """Answer without permission or facets."""
        with self.index.searcher() as searcher:
            results = searcher.search(self.parser.parse(question), limit=10)
            [hit.fields() for hit in results]
            return len(results)

    def find_with_facets(self, question: str) -> int:
        """Answer with permission and three facets."""
        allowed = query.Or([query.Term("acl", principal) for principal in sorted(MEMBER)])
        with self.index.searcher() as searcher:
            facets = sorting.Facets()
            for facet in FACETS:
                facets.add_field(facet, allow_overlap=True, maptype=sorting.Count)
            results = searcher.search(self.parser.parse(question), limit=10, filter=allowed, groupedby=facets)
            [hit.fields() for hit in results]
            [results.groups(facet) for facet in FACETS]
            return len(results)

    def suggest(self, word: str) -> list[str]:
        """Offer words like `word`."""
        with self.index.searcher() as searcher:
            return searcher.suggest("body", word, limit=5, maxdist=2)


def ours(root: Path, documents: list[Document]) -> Readers:
    """Return readers over an index of ours."""
    store = Store(root)
    with store.locked():
        folder = store.new_generation()
        engine.fill(folder, ((one.id, index_fields(one)) for one in documents))
        store.use(folder)
    return Readers(store)


def times(work: Callable[[str], object], questions: Iterable[str]) -> list[float]:
    """Return how many milliseconds each question took."""
    taken = []
    for question in questions:
        start = process_time()
        work(question)
        taken.append((process_time() - start) * 1000)
    return taken


def plan(question: str, principals: frozenset[str]) -> Plan:
    """Return the plan of a question as the search page makes it."""
    return Plan(parse(question).clauses, principals=principals)


def measure(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the table."""
    rng = random.Random(SEED)
    words = vocabulary(rng)
    documents = library(rng, words, DOCUMENTS)
    (folder / "naive").mkdir()
    start = process_time()
    naive = Naive(folder / "naive", documents)
    built_naive = (process_time() - start) * 1000
    start = process_time()
    readers = ours(folder / "ours", documents)
    built_ours = (process_time() - start) * 1000
    questions = [words[int(rank)] for rank in (rng.paretovariate(0.35) for _ in range(10_000)) if 5 <= rank < 3000][
        :QUESTIONS
    ]
    everyone = frozenset({"public", "members", *(f"group:{n}" for n in range(1, 5))})

    finder = Finder(readers.reader())
    finder.find(Plan(principals=everyone))
    for question in questions[:5]:
        assert finder.find(plan(question, everyone)).total == naive.find(question), question
        assert finder.find(plan(question, MEMBER)).total == naive.find_with_facets(question), question
    finder = Finder(readers.reader())
    finder.find(Plan(principals=everyone))
    finder.find(Plan(principals=MEMBER))

    def current(question: str, principals: frozenset[str]) -> object:
        # What a request pays too: the look whether the index has changed.
        assert readers.reader() is finder.reader
        return finder.find(plan(question, principals))

    slow = times(naive.find, questions)
    first = times(lambda question: current(question, everyone), questions)
    again = times(lambda question: current(question, everyone), questions)
    slow_facets = times(naive.find_with_facets, questions)
    again_facets = times(lambda question: current(question, MEMBER), questions)
    fresh = Finder(readers.reader())
    fresh.find(Plan(principals=MEMBER))
    first_facets = times(lambda question: fresh.find(plan(question, MEMBER)), questions)
    wrong = [word[:2] + word[3:] for word in questions if len(word) > 6][:20]
    slow_words = times(naive.suggest, wrong)
    finder.spelling("warmup", Plan(principals=MEMBER))
    fast_words = times(lambda word: finder.spelling(word, Plan(principals=MEMBER)), wrong)
    hostile = [
        "?????*",
        "a" * 10_000,
        '"' * 500,
        "ba* be* bo* da*",
        " ".join(words[:40]),
        "\u202e" * 99,
        f'"{" ".join(words[:16])}"',
    ]
    fresh = Finder(readers.reader())
    fresh.find(Plan(principals=MEMBER))
    hostile_times = times(lambda question: fresh.find(plan(question, MEMBER)), hostile)
    batch, single = updates(folder / "ours", documents)
    return [
        row("one term, first", slow, first, 10),
        row("one term, again", slow, again, 10),
        row("facets and permission, first", slow_facets, first_facets, 20),
        row("facets and permission, again", slow_facets, again_facets, 20),
        row("did you mean, p95", slow_words, fast_words, 200, of=p95),
        row("100 updates: 100 commits to one, a document", [single], [batch], 8),
        row("index build", [built_naive], [built_ours], 0),
        {
            "test": "worst hostile question, against the median first one",
            "base": round(median(first_facets), 3),
            "ours": round(max(hostile_times), 3),
            "ratio": round(max(hostile_times) / median(first_facets), 1),
            "demand": "at most 20",
        },
    ]


def updates(root: Path, documents: list[Document]) -> tuple[float, float]:
    """Return milliseconds for each document in one batch of 100, and in commits of their own."""
    store = Store(root)
    folder = root / store.current()
    start = process_time()
    with store.locked():
        engine.write(folder, put={one.id: index_fields(one) for one in documents[:100]})
    batch = (process_time() - start) * 10
    start = process_time()
    for one in documents[:100]:
        with store.locked():
            engine.write(folder, put={one.id: index_fields(one)})
    return batch, (process_time() - start) * 10


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not pass."""
    return quantiles(values, n=20)[-1]


def row(
    test: str, base: list[float], fast: list[float], demand: int, of: Callable[[list[float]], float] = median
) -> dict[str, Any]:
    """Return a row of the table: milliseconds of both, and how many times faster ours is."""
    return {
        "test": test,
        "base": round(of(base), 3),
        "ours": round(of(fast), 3),
        "ratio": round(of(base) / of(fast), 1),
        "demand": f"at least {demand}" if demand else "none",
    }


def main() -> None:
    """Print the table, and write it as JSON where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path, help="also write the table to this file")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    print(f"{'test':<54}{'base ms':>11}{'ours ms':>11}{'ratio':>9}  demand")
    for one in rows:
        print(f"{one['test']:<54}{one['base']:>11}{one['ours']:>11}{one['ratio']:>9}  {one['demand']}")
    if options.json:
        options.json.write_text(json.dumps({"documents": DOCUMENTS, "seed": SEED, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
