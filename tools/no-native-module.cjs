// Stands in the bundle for a native module that a package uses only where it can be loaded: msgpackr-extract, cpu-features, sshcrypto of ssh2.
throw new Error('not part of the bundle')
