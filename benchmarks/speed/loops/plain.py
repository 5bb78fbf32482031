"""axe-selenium-python as its own documentation shows it, with our axe-core instead of its own."""

import json

from axe_selenium_python import Axe
from selenium.common.exceptions import WebDriverException

from benchmarks.speed.loops.job import read_job, tell, tell_error

KEPT = ("violations", "incomplete", "testEngine")


def main() -> None:
    job = read_job()
    driver = job.driver()
    try:
        for url in job.urls:
            try:
                driver.get(url)
                axe = Axe(driver, script_url=job.axe_path)
                axe.inject()
                results = axe.run(options=job.options())
            except WebDriverException as error:
                tell_error(url, str(error.msg))
            else:
                tell(url, json.dumps({name: results[name] for name in KEPT}))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
