"""A portal that grows: the same pages drawn anew beside a hundred articles and beside a hundred thousand; comments that are sent."""

from __future__ import annotations

import http.client
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import psycopg

from benchmarks.pages import ARTICLE
from benchmarks.stage import Stage, percentile

FEW = 100
# Drawings of each page that are not timed.
WARMING = 5
# Comments under the one article that is read, at both sizes; the rest lie under the others.
UNDER_ONE = 20
SEAL = re.compile(r'name="seal" value="([^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def growth(stage: Stage, *, many: int = 100_000, rounds: int = 60) -> dict[str, Any]:
    """Measure pages that are drawn anew (never the kept ones) at both sizes, in turn, by two installations that run side by side.

    The machine's speed moves by more than a fifth from minute to minute; drawn in turn, both sizes meet the same machine.
    """
    with _another(stage) as small:
        pages = {size: _pages(one, size) for one, size in ((small, FEW), (stage, many))}
        few, few_cpu, lots, lots_cpu = _in_turn((small, pages[FEW]), (stage, pages[many]), rounds)
    return {
        "many": many,
        **{f"{name}_few_p50_ms": percentile(times, 0.5) for name, times in few.items()},
        **{f"{name}_p50_ms": percentile(times, 0.5) for name, times in lots.items()},
        **{f"{name}_p95_ms": percentile(times, 0.95) for name, times in lots.items()},
        "growth": {name: percentile(lots[name], 0.5) / percentile(few[name], 0.5) for name in lots},
        "few_cpu_ms": few_cpu, "cpu_ms": lots_cpu,
        "cpu_growth": {name: lots_cpu[name] / few_cpu[name] for name in lots},
    }  # fmt: skip


@contextmanager
def _another(stage: Stage) -> Iterator[Stage]:
    """Run a second installation of the same kind, on the same database server where there is one."""
    url = ""
    if stage.database_url:
        with psycopg.connect(stage.database_url, autocommit=True) as server:
            server.execute("CREATE DATABASE beside")
        parts = urllib.parse.urlsplit(stage.database_url)
        url = urllib.parse.urlunsplit(parts._replace(path="/beside"))
    other = Stage(database_url=url, is_demo=stage.is_demo)
    other.start()
    try:
        yield other
    finally:
        other.stop()


def _pages(stage: Stage, count: int) -> dict[str, str]:
    """Have so many articles and comments; return the addresses of the pages that are drawn."""
    article, comments = _filled(stage, count)
    chosen = re.findall(r'"(/tin-tuc/[?]nam=[^"]+)"|<option lang="vi" value="([a-z-]+)"', _read(stage, "/tin-tuc/"))
    (archive, *_), (topic, *_) = [one for one, _slug in chosen if one], [slug for _one, slug in chosen if slug]
    portal = article[: article.index("tin-tuc/")] if article.startswith("/xa/") else "/"
    return {
        "article": article, "news": "/tin-tuc/", "archive": archive.replace("&amp;", "&"), "topic": f"/tin-tuc/chu-de/{topic}/",
        "commune": f"{portal}tin-tuc/", "feed": "/tin-tuc/rss/", "front": "/", "comments": comments,
    }  # fmt: skip


def comment_submit(stage: Stage, *, comments: int = 200) -> dict[str, Any]:
    """Measure a guest's comment from the sending of the form to the answer, each from an address of its own."""
    _article, path = _filled(stage, FEW)
    line = http.client.HTTPConnection("127.0.0.1", stage.web_port, timeout=30)
    forms = []
    for _ in range(comments):
        answer, body = _ask(line, "GET", path)
        (seal, *_), (token, *_) = SEAL.findall(body), TOKEN.findall(body)
        forms.append((answer.headers["Set-Cookie"].partition(";")[0], str(token), str(seal)))
    time.sleep(3.5)  # a form that comes back sooner is no person's
    times = []
    for number, (cookie, token, seal) in enumerate(forms):
        sent = {"csrfmiddlewaretoken": token, "seal": seal, "text": f"Năm nay trả lời tại chỗ nhiều hơn, mừng. ({number})", "name": "", "parent": "", "website": ""}
        began = time.perf_counter()
        answer, _body = _ask(line, "POST", path, urllib.parse.urlencode(sent), cookie=cookie, address=f"10.0.{number // 250}.{number % 250}")
        times.append((time.perf_counter() - began) * 1000)
        if answer.status != 302:
            raise RuntimeError(f"a comment was not taken: {answer.status}")
    (kept,) = stage.rows("SELECT count(*) FROM comments_comment WHERE state = 'waiting'")[0]
    return {"p95_ms": percentile(times, 0.95), "p50_ms": percentile(times, 0.5), "comments": comments, "kept": kept}


def _filled(stage: Stage, count: int) -> tuple[str, str]:
    """Have so many articles and comments; return the addresses of the one that is read and of its comments."""
    for article in ARTICLE.findall(_read(stage, "/tin-tuc/")):
        if thread := re.search(r'hx-get="([^"]+)"', _read(stage, article)):
            break
    else:
        raise RuntimeError("no article of the demonstration takes comments")
    stage.run(_FILL, str(count), str(UNDER_ONE), article, thread[1])
    return article, thread[1]


def _read(stage: Stage, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{stage.web_port}{path}", timeout=60) as answer:
        return str(answer.read().decode())


def _ask(
    line: http.client.HTTPConnection, verb: str, path: str, body: str = "", *, cookie: str = "", address: str = ""
) -> tuple[http.client.HTTPResponse, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    headers |= {"Cookie": cookie} if cookie else {}
    headers |= {"X-Forwarded-For": address} if address else {}
    line.request(verb, path, body, headers)
    answer = line.getresponse()
    return answer, answer.read().decode()


Times = dict[str, list[float]]
Spent = dict[str, float]


def _in_turn(few: tuple[Stage, dict[str, str]], many: tuple[Stage, dict[str, str]], rounds: int) -> tuple[Times, Spent, Times, Spent]:
    """Return, for each size, how long each page's drawings took, and what one of them took of the processor, the database's server with it."""
    times: tuple[Times, Times] = ({}, {})
    spent: tuple[Spent, Spent] = ({}, {})
    lines = [http.client.HTTPConnection("127.0.0.1", stage.web_port, timeout=60) for stage, _pages in (few, many)]
    for name in few[1]:
        for _number in range(WARMING):  # the first of each process load templates
            for line, (_stage, pages) in zip(lines, (few, many), strict=True):
                _drawn_ms(line, pages[name])
        before = [_spent_ms(stage) for stage, _pages in (few, many)]
        for number in range(rounds):
            for which in (0, 1) if number % 2 else (1, 0):
                times[which].setdefault(name, []).append(_drawn_ms(lines[which], (few, many)[which][1][name]))
        for which, (stage, _pages) in enumerate((few, many)):
            after = _spent_ms(stage)
            spent[which][name] = sum(after[pid] - before[which].get(pid, 0) for pid in after) / rounds
    return times[0], spent[0], times[1], spent[1]


def _spent_ms(stage: Stage) -> dict[int, float]:
    """Return the processor's time of web's processes, and of the connections of a database's server on this machine, by process."""
    web = stage.children()["web"]
    pids = [web.pid, *(one.pid for one in web.children(recursive=True))]
    if stage.database_url:
        pids += [pid for (pid,) in stage.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()")]
    found = {}
    for pid in pids:
        with suppress(psutil.Error):  # the server is another machine's, or the connection has been closed
            spent = psutil.Process(pid).cpu_times()
            found[pid] = (spent.user + spent.system) * 1000
    return found


def _drawn_ms(line: http.client.HTTPConnection, path: str) -> float:
    """Return how long a drawing took: a session's cookie keeps the page cache away."""
    began = time.perf_counter()
    answer, _body = _ask(line, "GET", path, cookie="sessionid=nobody")
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return (time.perf_counter() - began) * 1000


# Makes articles up to a number: copies of the demonstration's in turn, each 40 minutes older than the one before.
_FILL = '''
import sys, uuid
from datetime import timedelta
from django.db import connection, transaction
from wagtail.models import Page
from liengia.comments.models import Comment, CommentState, Thread
from liengia.core import clock
from liengia.portal import shelf
from liengia.portal.models import ArticlePage

wanted, under_one = int(sys.argv[1]), int(sys.argv[2])
one = ArticlePage.objects.get(slug=sys.argv[3].strip("/").rpartition("/")[2])
index = one.get_parent()
thread = Thread.objects.get(public_id=sys.argv[4].strip("/").rpartition("/")[2])
models = list(ArticlePage.objects.exclude(slug__startswith="thu-").order_by("pk").values_list("pk", flat=True))
oldest = min(ArticlePage.objects.values_list("published_at", flat=True))
steplen, here = Page.steplen, index.path
last = index.get_children().order_by("path").last().path
step = int(last[-steplen:], 36)
lacking = wanted - ArticlePage.objects.count()
quote = connection.ops.quote_name
names = [f.column for f in ArticlePage._meta.local_concrete_fields if f.column not in ("page_ptr_id", "published_at")]
table, pages, topics = ArticlePage._meta.db_table, Page._meta.db_table, ArticlePage.topics.through._meta.db_table
with connection.cursor() as cursor:
    cursor.execute("CREATE TEMPORARY TABLE copied (slug varchar(255), model bigint, at " + ("timestamptz" if connection.vendor == "postgresql" else "datetime") + ")")
for start in range(0, max(0, lacking), 1000):
    rows = []
    for n in range(start, min(start + 1000, lacking)):
        slug = f"thu-{step + n + 1}"
        page = Page.objects.get(pk=one.pk) if not rows else Page(**{f.attname: getattr(rows[0], f.attname) for f in Page._meta.concrete_fields})
        page.pk, page._state.adding, page.translation_key = None, True, uuid.uuid4()
        page.path, page.depth, page.numchild = Page._get_path(here, one.depth, step + n + 1), one.depth, 0
        page.title, page.slug, page.url_path = f"Tin {n}", slug, index.url_path + slug + "/"
        page.live_revision = page.latest_revision = None
        rows.append(page)
    copies = [(page.slug, models[n % len(models)], oldest - timedelta(minutes=40 * (start + n + 1))) for n, page in enumerate(rows)]
    with transaction.atomic(), connection.cursor() as cursor:
        Page.objects.bulk_create(rows)
        cursor.executemany("INSERT INTO copied VALUES (%s, %s, %s)", copies)
with connection.cursor() as cursor:
    cursor.execute(
        f"INSERT INTO {table} (page_ptr_id, published_at, " + ", ".join(map(quote, names)) + ") SELECT p.id, c.at, "
        + ", ".join(f"a.{quote(name)}" for name in names) + f" FROM copied c JOIN {pages} p ON p.slug = c.slug JOIN {table} a ON a.page_ptr_id = c.model"
    )
    cursor.execute(
        f"INSERT INTO {topics} (articlepage_id, topic_id) SELECT p.id, t.topic_id FROM copied c JOIN {pages} p ON p.slug = c.slug"
        f" JOIN {topics} t ON t.articlepage_id = c.model"
    )
Page.objects.filter(pk=index.pk).update(numchild=index.get_children().count())
shelf.mend()
others = [Thread.objects.get_or_create(kind="article", key=f"thu-{n}", defaults={"title": "Tin", "url": "/"})[0] for n in range(100)]
def shown(where, count):
    now = clock.now()
    have = Comment.objects.filter(thread__in=where).count()
    Comment.objects.bulk_create(
        [Comment(thread=where[n % len(where)], text="Mong xã làm tiếp.", state=CommentState.SHOWN, shown_at=now) for n in range(max(0, count - have))], batch_size=500
    )
shown([thread], under_one)
shown(others, wanted)
if connection.vendor == "postgresql":  # its own housekeeping comes a minute too late for the rounds
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
'''
