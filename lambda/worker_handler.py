"""From the queue and from the table's stream: deliver what is ready, settle what is due."""

import os

from skill.bootstrap import worker_function
from skill.settings import read

handler = worker_function(read(os.environ))
