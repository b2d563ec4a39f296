"""The voice: one request of Alexa's in, one answer out."""

import os

from skill.bootstrap import skill_function
from skill.settings import read

handler = skill_function(read(os.environ))
