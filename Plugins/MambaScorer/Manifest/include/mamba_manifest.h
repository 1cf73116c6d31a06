/* Id and version, once: the manifest quotes them, and so does the table that Swift makes. */
#ifndef MAMBA_MANIFEST_H
#define MAMBA_MANIFEST_H

#define MAMBA_ID "mamba"
#define MAMBA_VERSION "1.0.0"

#endif
