"""What the carriers say about messages that were sent, and what people reply."""

import os

from skill.bootstrap import receipts_function
from skill.settings import read

handler = receipts_function(read(os.environ))
