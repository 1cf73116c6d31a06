/* Id and version, once: the manifest quotes them, and so does the table that Swift makes. */
#ifndef S4D_PATHS_MANIFEST_H
#define S4D_PATHS_MANIFEST_H

#define S4D_PATHS_ID "s4d-paths"
#define S4D_PATHS_VERSION "1.0.0"

#endif
