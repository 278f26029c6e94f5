"""The process of one job: ``python -m tracker.jobs 12`` does what file 12 waits for.

``python -m tracker.jobs index`` brings the index over the cost lines up to the books.
"""

from __future__ import annotations

import os
import signal
import sys

from tracker.readers.limits import limit

MEMORY = 1_024  # MiB of addresses; a year of books with 137,000 lines takes a seventh of it
CPU_SECONDS = 600
WALL_SECONDS = 1_200


def main(intake_id: int | None) -> None:
    """Carry out one job within the limits that every job has."""
    limit(MEMORY, CPU_SECONDS)
    signal.alarm(WALL_SECONDS)
    from sqlalchemy.orm import Session

    from tracker.actions.cost_index import CostIndex
    from tracker.actions.intake_jobs import IntakeJob
    from tracker.actions.jobs import NO_MEMORY
    from tracker.config import database_url
    from tracker.store.session import open_engine

    engine = open_engine(database_url())
    try:
        with Session(engine) as session:
            if intake_id is not None:
                IntakeJob(session, intake_id).carry_out()
            CostIndex(session).follow()
    except MemoryError:
        os._exit(NO_MEMORY)  # whatever else is done takes memory
    finally:
        engine.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1] != "index" else None)
