"""Running workers at arm's length: other processes, an empty environment, caps, and our own clock.

Three processes, each with one duty. The *host* has imported what workers need, holds no vendor's byte, and
forks; the *minder* is the parent of one worker and reports how it ended; the *worker* confines itself, works
and answers on a channel of its own. The supervisor, which is this program, waits no longer than its clock.

This package uses the standard library only. Its isolation level is I0: resource limits without namespaces,
so that nothing measured in it is certifiable, and a hostile worker could harm whatever its user may.
"""

from typing import Final

from certify.sandbox.caps import Caps, confine
from certify.sandbox.host import Broken, Completed, Host
from certify.sandbox.minder import serve

ISOLATION: Final = "I0"
NETWORK_DENIED: Final = False

__all__ = ["ISOLATION", "NETWORK_DENIED", "Broken", "Caps", "Completed", "Host", "confine", "serve"]
