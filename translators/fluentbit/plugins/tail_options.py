"""Options of tail that mean the same whatever their value."""

from __future__ import annotations

from translators.diagnostics import Fidelity
from translators.fluentbit.ledger import Judgement, Options, approximate, differs, equivalent, exact, harmless

_TUNING = harmless("how Fluent Bit works inside: no entry differs by it")
_DATABASE = equivalent(
    "the agent keeps its own positions; `logmig positions` converts this database, to go on where it ended"
)
_DATABASE_TUNING = harmless("how the database is written: the agents keep a text file")
BUFFERS: Judgement = harmless("how much Fluent Bit may hold: the agents wait for Loki and read on from the file later")
STORAGE: Judgement = harmless(
    "Fluent Bit's own buffer on disk: the agents read on from the file when Loki answers again"
)

OPTIONS: Options = {
    "key": exact("the text of the line is the Loki line"),
    "tag_regex": equivalent(
        "named groups filled the tag; labels and the file's name stand for it, and lines of other files are dropped"
    ),
    "db": _DATABASE,
    "db.sync": _DATABASE_TUNING,
    "db.locking": _DATABASE_TUNING,
    "db.journal_mode": _DATABASE_TUNING,
    "db.compare_filename": _DATABASE_TUNING,
    "mem_buf_limit": BUFFERS,
    "storage.type": STORAGE,
    "storage.pause_on_chunks_overlimit": STORAGE,
    "buffer_chunk_size": _TUNING,
    "static_batch_size": _TUNING,
    "event_batch_size": _TUNING,
    "file_cache_advise": _TUNING,
    "inotify_watcher": _TUNING,
    "watcher_interval": _TUNING,
    "progress_check_interval": _TUNING,
    "progress_check_interval_nsec": _TUNING,
    "threaded": _TUNING,
    "thread.ring_buffer.capacity": _TUNING,
    "thread.ring_buffer.window": _TUNING,
    "alias": harmless("a name in Fluent Bit's own log and metrics"),
    "log_level": harmless("Fluent Bit's own log"),
    "log_suppress_interval": harmless("Fluent Bit's own log"),
    "refresh_interval": equivalent("new files are looked for every 10 s"),
    "rotate_wait": equivalent(
        "a renamed file is read to its end once; two rotations while the agent lags lose the middle file"
    ),
    "read_newly_discovered_files_from_head": equivalent("files that appear later are read from their start"),
    "truncate_long_lines": approximate(
        "the agents do not cut lines: they come whole, or Loki refuses them over 256 KB"
    ),
    "ignore_older": differs(
        Fidelity.APPROXIMATE,
        Fidelity.APPROXIMATE,
        "the agents read files whatever their age; what Loki finds too old it refuses",
    ),
    "ignore_active_older_files": approximate("the agents read files whatever their age"),
    "exit_on_eof": harmless("Fluent Bit stops at the end of the files; the agents go on"),
    "skip_empty_lines": exact("empty lines are dropped or kept alike"),
    "docker_mode_flush": equivalent("pieces of a line are not waited for"),
    "multiline_flush": equivalent("the agents wait 3 s for the next line of an entry"),
    "unicode.encoding": approximate("the agents read UTF-8 only here"),
    "generic.encoding": approximate("the agents read UTF-8 only here"),
    "windows.path_encoding": harmless("only on Windows"),
}
