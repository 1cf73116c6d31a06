/* Id and version, once: the manifest quotes them, and so does the table that Swift makes. */
#ifndef HEURISTIC_MANIFEST_H
#define HEURISTIC_MANIFEST_H

#define HEURISTIC_ID "heuristic"
#define HEURISTIC_VERSION "1.0.0"

#endif
