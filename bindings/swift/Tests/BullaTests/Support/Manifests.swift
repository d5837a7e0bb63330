/// Two manifests of one deployment, whose key nobody kept: made and signed by `cargo xtask manifest`. They are good until 2090.
enum Manifests {
    static let key = "MCowBQYDK2VwAyEAYW8cofAB+uJ7ob4QWR7WxDnR03HB/rRa5Q7ljxy3u68="

    /// Version 2: `agent.example`, `guests.example`, and a directory service that is not there.
    static let shipped = """
        eyJhbGciOiJFZERTQSIsInR5cCI6ImJ1bGxhLW1hbmlmZXN0K2p3cyJ9.eyJkaXNjb3ZlcnkiOlsiaHR0cDovLzEyNy4wLjA\
        uMToxIl0sImV4cCI6Mzc4NjkxMjAwMCwiaW5zdGFuY2VzIjpbeyJiYXNlX3VybCI6Imh0dHBzOi8vbWF0cml4LmFnZW50LmV\
        4YW1wbGUiLCJsYWJlbCI6IkFnZW50cyIsInNlcnZlciI6ImFnZW50LmV4YW1wbGUiLCJzaWduX2luIjpbInBhc3N3b3JkIl1\
        9LHsiYmFzZV91cmwiOiJodHRwczovL2d1ZXN0cy5leGFtcGxlIiwiZXh0ZXJuYWxfZ3Vlc3RzIjp0cnVlLCJsYWJlbCI6Ikd\
        1ZXN0cyIsInNlcnZlciI6Imd1ZXN0cy5leGFtcGxlIiwic2lnbl9pbiI6WyJvYXV0aCJdfV0sIm5hbWUiOiJNZXNzYWdlcml\
        lIiwic2NoZW1hIjoxLCJ2ZXJzaW9uIjoyfQ.Bnp4nhPHfs-6DVMdjVFzURVMrFuC5rmYsMbJDyMJSM6YKRRh0AnfPQgF7YB5\
        ZkTh8DOuNvRVZsUyccFEAMCPCg
        """

    /// The same, as version 3.
    static let newer = """
        eyJhbGciOiJFZERTQSIsInR5cCI6ImJ1bGxhLW1hbmlmZXN0K2p3cyJ9.eyJkaXNjb3ZlcnkiOlsiaHR0cDovLzEyNy4wLjA\
        uMToxIl0sImV4cCI6Mzc4NjkxMjAwMCwiaW5zdGFuY2VzIjpbeyJiYXNlX3VybCI6Imh0dHBzOi8vbWF0cml4LmFnZW50LmV\
        4YW1wbGUiLCJsYWJlbCI6IkFnZW50cyIsInNlcnZlciI6ImFnZW50LmV4YW1wbGUiLCJzaWduX2luIjpbInBhc3N3b3JkIl1\
        9LHsiYmFzZV91cmwiOiJodHRwczovL2d1ZXN0cy5leGFtcGxlIiwiZXh0ZXJuYWxfZ3Vlc3RzIjp0cnVlLCJsYWJlbCI6Ikd\
        1ZXN0cyIsInNlcnZlciI6Imd1ZXN0cy5leGFtcGxlIiwic2lnbl9pbiI6WyJvYXV0aCJdfV0sIm5hbWUiOiJNZXNzYWdlcml\
        lIiwic2NoZW1hIjoxLCJ2ZXJzaW9uIjozfQ.Z5cpR4j_vPfCQuG9er0yA6CxgAxyUmp02M5M9seHkeIUd8vngGsWae9tciun\
        E__8SMh5GW0FFeXUsUi8zZ9cBw
        """

    /// The key of another deployment.
    static let strictKey = "MCowBQYDK2VwAyEAvtbGB+O7A7ZGDCj6odvUGB1WhIrJcstJCKXY73kBJKE="

    /// Its manifest: it forces the app lock (60 s in the background, erased after 3 wrong attempts) and asks for versions.
    static let strict = """
        eyJhbGciOiJFZERTQSIsInR5cCI6ImJ1bGxhLW1hbmlmZXN0K2p3cyJ9.eyJhcHBfdmVyc2lvbnMiOnsiY3JpdGljYWwiOnsi\
        dGV4dCI6eyJlbiI6IlRvbyBvbGQ6IGNyaXRpY2FsIiwiZnIiOiJUcm9wIGFuY2llbiA6IGNyaXRpY2FsIn0sInZlcnNpb24iO\
        iIxIn0sImluZm8iOnsidGV4dCI6eyJlbiI6IlRvbyBvbGQ6IGluZm8iLCJmciI6IlRyb3AgYW5jaWVuIDogaW5mbyJ9LCJ2ZX\
        JzaW9uIjoiMS4xMCJ9LCJtYW5kYXRvcnkiOnsidGV4dCI6eyJlbiI6IlRvbyBvbGQ6IG1hbmRhdG9yeSIsImZyIjoiVHJvcCB\
        hbmNpZW4gOiBtYW5kYXRvcnkifSwidmVyc2lvbiI6IjEuMiJ9fSwiZGlzY292ZXJ5IjpbImh0dHA6Ly8xMjcuMC4wLjE6MSJd\
        LCJleHAiOjM3ODY5MTIwMDAsImluc3RhbmNlcyI6W3siYmFzZV91cmwiOiJodHRwczovL21hdHJpeC5hZ2VudC5leGFtcGxlI\
        iwibGFiZWwiOiJBZ2VudHMiLCJzZXJ2ZXIiOiJhZ2VudC5leGFtcGxlIiwic2lnbl9pbiI6WyJwYXNzd29yZCJdfV0sIm5hbW\
        UiOiJNZXNzYWdlcmllIiwic2NoZW1hIjoxLCJzZXNzaW9uIjp7ImFwcF9sb2NrIjp0cnVlLCJsb2NrX2FmdGVyX3MiOjYwLCJ\
        3aXBlX2FmdGVyIjozfSwic3RhdHVzIjoiaHR0cHM6Ly9zdGF0dXMuYWdlbnQuZXhhbXBsZSIsInZlcnNpb24iOjl9.rJfuofW\
        tVjZoeQgN56X8aIxrhHDkEmv3z3cFwMV5WLU01UZAGQmMYU81S6Jg0rQTpCNSrgMZk-v2uoPkA2dhBw
        """
}
