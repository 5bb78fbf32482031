"""The bare prototype loop: as little as a scan can be while its results are whole.

A warm tab a lane; axe-core is put into every document once and for all; a page is a load, 0.1 s
without a change and the end of what moves (at most 1 s, as in Luiska), one `Runtime.evaluate` and
one string. Nothing is stored, isolated, checked or cleaned.
"""

import json
import queue
import threading
from pathlib import Path

from selenium.common.exceptions import WebDriverException

from benchmarks.speed.loops.job import Job, read_job, tell, tell_error

# Many pages build themselves after their load event: whoever does not wait judges half of them.
RUN = """(async (options) => {
  await new Promise((done) => {
    const moves = () => document.getAnimations().some(
      (each) => each.playState === "running" && each.effect.getComputedTiming().endTime <= 1000,
    );
    const rest = () => (moves() ? setTimeout(rest, 20) : end());
    let quiet = setTimeout(rest, 100);
    const watch = new MutationObserver(() => {
      clearTimeout(quiet);
      quiet = setTimeout(rest, 100);
    });
    const end = () => { watch.disconnect(); done(); };
    watch.observe(document, {subtree: true, childList: true});
    setTimeout(end, 1000);
  });
  const {violations, incomplete, testEngine} = await axe.run(document, options);
  return JSON.stringify({violations, incomplete, testEngine, state: document.readyState});
})(%s)"""


def main() -> None:
    job = read_job()
    source = Path(job.axe_path).read_text(encoding="utf-8")
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for url in job.urls:
        waiting.put(url)
    lanes = [threading.Thread(target=work, args=(job, source, waiting)) for _ in range(job.lanes)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()


def work(job: Job, source: str, waiting: "queue.SimpleQueue[str]") -> None:
    driver = job.driver()
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        question = {
            "expression": RUN % json.dumps(job.options()),
            "awaitPromise": True,
            "returnByValue": True,
        }
        while True:
            try:
                url = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                driver.get(url)
                answer = driver.execute_cdp_cmd("Runtime.evaluate", question)
            except WebDriverException as error:
                tell_error(url, str(error.msg))
                continue
            if "exceptionDetails" in answer:
                tell_error(url, str(answer["exceptionDetails"]))
            else:
                tell(url, answer["result"]["value"])
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
