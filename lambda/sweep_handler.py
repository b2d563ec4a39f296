"""Every minute: which charts are to be looked at now, and hand them to the queue."""

import os

from skill.bootstrap import sweep_function
from skill.settings import read

handler = sweep_function(read(os.environ))
