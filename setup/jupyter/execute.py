"""Execute a notebook from a clean kernel: execute.py IN OUT SECONDS.

SECONDS bounds each cell. What happens is said on standard output, one JSON object a line:
{"event": "start" | "done", "cell": index, "seconds": …, "processor": …} and, if a cell failed,
{"event": "failed", "cell": index, "message": …}. OUT is written in any case.

An interrupt (SIGINT) is passed on to the cell, as Jupyter's Stop button does, and later cells are left out.
An output that differs from IN's in nothing but measured times and speeds stays as it is there.
"""

import asyncio
import copy
import json
import os
import re
import signal
import sys
import time

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

PATIENCE = 15  # seconds that an interrupted cell has to end
MEASURED = re.compile(r"\d[\d.,]*\s?(?:ms|s|min|pairs/s|% waiting)\b|\d+m\d+s|Took: .*")


class Stopped(Exception):
    pass


def too_long(seconds):
    message = f"the cell took more than {seconds} s; does it wait for somebody, as a widget does?"
    return {"ename": "Timeout", "evalue": message, "traceback": [message]}


def say(event, **what):
    print(json.dumps({"event": event, **what}), flush=True)


class Execution:
    def __init__(self, notebook, seconds):
        self.cell, self.started, self.spent, self.stopped = 0, 0.0, 0.0, False
        self.client = NotebookClient(
            notebook, kernel_name="gonb", timeout=seconds, startup_timeout=120, record_timing=False, coalesce_streams=True,
            interrupt_on_timeout=True, error_on_timeout=too_long(seconds), on_cell_start=self.start, on_cell_executed=self.done,
        )

    def start(self, cell, cell_index):
        if cell.cell_type != "code":
            return
        if self.stopped:
            raise Stopped
        self.cell, self.started, self.spent = cell_index, time.monotonic(), self.processor()
        # nbclient's own handler would end the kernel at once.
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.interrupt)
        say("start", cell=cell_index)

    def done(self, cell, cell_index, execute_reply):
        say("done", cell=cell_index, seconds=time.monotonic() - self.started, processor=self.processor() - self.spent)

    def processor(self):
        """Seconds of processor time of all that the kernel ran to its end: builds and cells. 0 where there is no /proc."""
        try:
            with open(f"/proc/{self.client.km.provisioner.pid}/stat") as stat:
                user, system = stat.read().rpartition(")")[2].split()[13:15]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        except OSError:
            return 0.0

    def interrupt(self):
        if not self.stopped:
            self.stopped = True
            asyncio.ensure_future(self.client.km.interrupt_kernel())
            asyncio.get_running_loop().call_later(PATIENCE, self.end)

    def end(self):
        if self.client.km:
            asyncio.ensure_future(self.client.km.shutdown_kernel(now=True))

    def run(self):
        try:
            self.client.execute()
        except Stopped:
            return "stopped"
        except NoSuchKernel:
            return "there is no Go kernel; run: just lab"
        except (DeadKernelError, RuntimeError) as failure:  # RuntimeError: it died before it was ready
            return f"the Go kernel ended: {failure}"
        except CellExecutionError as failure:
            return f"{failure.ename}: {failure.evalue}"


def keep_what_only_took_longer(before, after):
    for old, new in zip(before.cells, after.cells):
        if new.cell_type == "code" and old.get("source") == new.source and masked(old.outputs) == masked(new.outputs):
            new.outputs = old.outputs


def masked(outputs):
    return MEASURED.sub("…", json.dumps(outputs, sort_keys=True, ensure_ascii=False))


def main(source, target, seconds):
    notebook = nbformat.read(source, as_version=4)
    before = copy.deepcopy(notebook)
    execution = Execution(notebook, int(seconds))
    failure = execution.run()
    keep_what_only_took_longer(before, notebook)
    nbformat.write(notebook, target)
    if failure:
        say("failed", cell=execution.cell, message=failure)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
