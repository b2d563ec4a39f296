"""A fresh process that looks for answered requests in the ledgers; their ids come by standard input."""

import json
import os
import sys

from skill import bootstrap
from skill.domain.identity import PatientId
from skill.settings import read


def main() -> int:
    answered: dict[str, list[str]] = json.load(sys.stdin)
    house = bootstrap.command_app(read(os.environ))
    try:
        house.store.check()
        for patient_id, requests in answered.items():
            written = {decision.operation for decision in house.records.ledger(PatientId(patient_id))}
            lost = [request for request in requests if f"alexa/{request}" not in written]
            if lost:
                sys.stdout.write(
                    f"{patient_id}: {len(lost)} of {len(requests)} answered are lost: {lost[:5]}\n"
                )
                return 1
    finally:
        house.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
