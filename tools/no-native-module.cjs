// Stands in the bundle for a native module that a package uses only where it can be loaded: msgpackr-extract.
throw new Error('not part of the bundle')
