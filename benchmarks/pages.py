"""The anonymous article page as nginx would serve it from a file, and as we serve it; comments that are sent; pages not kept.

wrk and nginx are Debian's; where one is missing the row says so. nginx serves the same bytes, with as many workers as
there are cores, in the same run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.stage import Stage, free_ports, percentile
from tests.harness import processes

CONNECTIONS = 32
# The address of an article in a list of news; feeds stand under it too.
ARTICLE = re.compile(r'href="(/[^"]*tin-tuc/(?!rss/|atom/)[a-z0-9-]+/)"')
# So that they ask a thousand times a second together.
PACE_MS = 31


def why_not() -> str:
    """Return what is missing for this row; empty when nothing is."""
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None and not Path(f"/usr/sbin/{name}").exists()]
    return f"install {' and '.join(missing)} (Debian packages wrk, nginx-light)" if missing else ""


def article_page(stage: Stage, *, seconds: int = 8, uncached: int = 40) -> dict[str, Any]:
    """Measure requests a second of a kept article beside nginx, then the same page drawn anew each time."""
    base = f"http://127.0.0.1:{stage.web_port}"
    news = _get(f"{base}/tin-tuc/")
    found = ARTICLE.search(news.decode())
    if found is None:
        raise RuntimeError("the demonstration has no article")
    address = found[1]
    body = _get(base + address)
    if b'<article lang="vi">' not in body:
        raise RuntimeError(f"{address} is no article")
    ours = _wrk(base + address, seconds)
    paced = _wrk(base + address, seconds, pace_ms=PACE_MS)
    with _nginx(body) as url:
        file = _wrk(url, seconds)
    times = []
    for number in range(uncached):
        began = time.perf_counter()
        _get(f"{base}{address}?n={number}", cookie="sessionid=nobody")
        times.append((time.perf_counter() - began) * 1000)
    return {
        "requests_a_second": ours["rate"],
        "p99_ms": ours["p99_ms"],
        "paced_a_second": paced["rate"],
        "paced_p99_ms": paced["p99_ms"],
        "nginx_a_second": file["rate"],
        "share_of_nginx": ours["rate"] / file["rate"],
        "uncached_p95_ms": percentile(times, 0.95),
        "bytes": len(body),
        "faults": ours["faults"] + file["faults"],
    }


def _get(url: str, *, cookie: str = "") -> bytes:
    request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def _wrk(url: str, seconds: int, *, pace_ms: int = 0) -> dict[str, float]:
    """Ask as fast as answers come, or each connection again after a while."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"function delay() return {pace_ms} end\n" if pace_ms else "")
        script.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *(["-s", script.name] if pace_ms else []), url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    faults = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate is not None
    assert p99 is not None
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99.group(2)]
    return {"rate": float(rate.group(1)), "p99_ms": float(p99.group(1)) * scale, "faults": int(faults.group(1)) if faults else 0}


@contextmanager
def _nginx(body: bytes) -> Iterator[str]:
    """Serve one file by nginx on a loopback port of its own."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="liengia-bench-nginx-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "index.html").write_bytes(body)
        (root / "index.html").chmod(0o644)
        (root / "nginx.conf").write_text(
            f"worker_processes auto; pid {root}/pid; error_log {root}/error.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; default_type text/html; client_body_temp_path {root}/b; proxy_temp_path {root}/p;"
            f" fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;"
            f" server {{ listen 127.0.0.1:{port}; root {root}; }} }}\n"
        )
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        process = subprocess.Popen([nginx, "-c", str(root / "nginx.conf"), "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}/index.html"
            processes.wait_until(lambda: processes.answer(url)[0] == 200, within_s=10, why=lambda: "nginx does not answer")
            yield url
        finally:
            process.terminate()
            process.wait(timeout=10)
