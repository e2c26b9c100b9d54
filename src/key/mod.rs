//! Key files, derivation of subkeys, tags, codes, offsets, fingerprints; wiping.
