"""Everything that is reached over HTTP: caregivers' pages, hooks, probes."""

import os

from skill.bootstrap import web_function
from skill.settings import read

handler = web_function(read(os.environ))
