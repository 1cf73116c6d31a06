/* Id and version, once: the manifest quotes them, and so does the table that Swift makes. */
#ifndef RECENCY_FREQUENCY_MANIFEST_H
#define RECENCY_FREQUENCY_MANIFEST_H

#define SCORER_ID "example-recency-frequency"
#define SCORER_VERSION "1.0.0"

#endif
