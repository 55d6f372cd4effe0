// SwiftPM wants a source file of every C target; all of this one is in its headers.
