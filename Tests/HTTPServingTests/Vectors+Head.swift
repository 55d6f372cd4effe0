extension Vector {
    static let requestLines: [Vector] =
        [
            "GET  /ok HTTP/1.1", "GET /ok  HTTP/1.1", "GET\t/ok HTTP/1.1", "GET /ok\tHTTP/1.1",
            "GET\u{B}/ok HTTP/1.1", " GET /ok HTTP/1.1", "GET /ok", "GET",
        ].map {
            Vector("1 \($0.debugDescription)", "\($0)\r\nHost: a\r\n\r\n", [400], after: .closes)
        } + [
            Vector("2 one empty line before", "\r\n" + get("/ok"), [200]),
            Vector("2 two empty lines before", "\r\n\r\n" + get("/ok"), [200]),
            Vector("2 many empty lines", "\r\n\r\n\r\n" + get("/ok"), [400], after: .closes),
            Vector("2 empty line between", get("/ok") + "\r\n" + get("/ok"), [200], [200]),
            Vector("3 bare LF", "GET /ok HTTP/1.1\nHost: a\n\n", [400], after: .closes),
            Vector(
                "3 bare LF after a field",
                "GET /ok HTTP/1.1\r\nHost: a\n\r\n",
                [400],
                after: .closes
            ),
            Vector("4 CR in line", "GET /o\rk HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector("4 CR in field", get("/ok", "X: a\rb\r\n"), [400], after: .closes),
            Vector("4 CR CR LF", "GET /ok HTTP/1.1\r\r\nHost: a\r\n\r\n", [400], after: .closes),
        ]
        + [
            "http/1.1", "HTTP/1", "HTTP/01.1", "HTTP/1.1 x", "HTTP/ 1.1", "HTTP/1.1 ", "HTTP/1.10",
            "HTTP/1,1", "HTTP/+1.1", "HTTP/1.", "HTTP/.1", "HTTP", "HTTPS/1.1", "FTP/1.1",
        ].map {
            Vector("5 \($0)", "GET /ok \($0)\r\nHost: a\r\n\r\n", [400], after: .closes)
        } + [
            Vector("6 HTTP/1.2", "GET /ok HTTP/1.2\r\nHost: a\r\n\r\n", [200]),
            Vector("7 HTTP/2.0", "GET /ok HTTP/2.0\r\nHost: a\r\n\r\n", [505], after: .closes),
            Vector("7 HTTP/9.9", "GET /ok HTTP/9.9\r\nHost: a\r\n\r\n", [505], after: .closes),
            Vector("7 HTTP/0.9", "GET /ok HTTP/0.9\r\nHost: a\r\n\r\n", [505], after: .closes),
            Vector(
                "7 preface of HTTP/2",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                [505],
                after: .closes
            ),
            Vector(
                "7 TLS",
                [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, 0x0D, 0x0A, 0x0D, 0x0A],
                [[400]],
                after: .closes
            ),
            Vector("8 unknown method", "ABC /ok HTTP/1.1\r\nHost: a\r\n\r\n", [501]),
            Vector("9 lower-case method", "get /ok HTTP/1.1\r\nHost: a\r\n\r\n", [501]),
            Vector("10 (", "G(T /ok HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector("10 {", "{GET} /ok HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector("10 control", "G\u{1}T /ok HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector("10 DEL", "G\u{7F}T /ok HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector("10 not ASCII", "GÉT /ok HTTP/1.1\r\nHost: a\r\n\r\n", [400], after: .closes),
            Vector(
                "10 33 bytes",
                String(repeating: "A", count: 33) + " /ok HTTP/1.1\r\n\r\n",
                [501],
                after: .closes
            ),
            Vector(
                "10 32 bytes",
                String(repeating: "A", count: 32) + " /ok HTTP/1.1\r\nHost: a\r\n\r\n",
                [501]
            ),
            Vector("10 no end", String(repeating: "A", count: 9_000), [501], after: .closes),
            Vector("11 POST where GET is", post("/ok", "Content-Length: 0\r\n"), [405]),
            Vector("11 PUT", "PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
            Vector("12 8 KB", get("/ok?" + String(repeating: "a", count: 8_188)), [200]),
            Vector(
                "12 8 KB and one",
                get("/ok?" + String(repeating: "a", count: 8_189)),
                [414],
                after: .closes
            ),
            Vector(
                "12 100 KB",
                get("/" + String(repeating: "a", count: 100_000)),
                [414],
                after: .closes
            ),
        ]
        + [
            "/o k", "/o\u{0}k", "/ö", "/ok#f", "/o\\k", "/\"", "/<", "/>", "ok", "/%", "/%4",
            "/%zz", "/ok?%", "/\u{7F}", "http:/ok", "http://", "http:///ok", "ftp://a/ok",
            "http://a b/ok", "http://u@a/ok", "http://a:99999/ok", "http://a:x/ok", "?q",
            "/ok?\u{E4}", "/ok?a=\u{20AC}", "/\u{80}", "/ok?<", "/ok?\"", "/ok?#", "/ok?\\",
        ].map {
            Vector("13 \($0.debugDescription)", get($0), [400], after: .closes)
        } + [
            Vector(
                "13 raw 0xFF",
                Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8),
                [[400]],
                after: .closes
            ),
            Vector("14 absolute form", get("http://h/ok"), [200]),
            Vector("14 absolute form, https, port", get("HTTPS://h:443/ok?a=b"), [200]),
            Vector("14 absolute form without path", get("http://h"), [200]),
            Vector("14 absolute form, query only", get("http://h?a"), [200]),
            Vector("14 absolute form, IPv6", get("http://[::1]:80/ok"), [200]),
            Vector(
                "14 absolute form without Host",
                "GET http://h/ok HTTP/1.1\r\n\r\n",
                [400],
                after: .closes
            ),
            Vector(
                "15 another host than Host",
                "GET http://h/ok HTTP/1.1\r\nHost: i\r\n\r\n",
                [200]
            ),
            Vector("16 OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [204]),
            Vector("16 OPTIONS of a path", "OPTIONS /ok HTTP/1.1\r\nHost: a\r\n\r\n", [204]),
            Vector("17 GET *", get("*"), [400], after: .closes),
            Vector(
                "17 OPTIONS **",
                "OPTIONS ** HTTP/1.1\r\nHost: a\r\n\r\n",
                [400],
                after: .closes
            ),
            Vector("18 CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n", [501]),
            Vector(
                "18 CONNECT of a path",
                "CONNECT /ok HTTP/1.1\r\nHost: h\r\n\r\n",
                [400],
                after: .closes
            ),
            Vector("19 TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nCookie: c\r\n\r\n", [405]),
            Vector("19 TRACE of nothing", "TRACE /no HTTP/1.1\r\nHost: a\r\n\r\n", [404]),
            Vector("20 HEAD", "HEAD /ok HTTP/1.1\r\nHost: a\r\n\r\n" + get("/ok"), [200], [200]),
        ]

    static let fields: [Vector] =
        [
            "", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host: a, b\r\n",
            "Host: u@h\r\n", "Host: h/p\r\n", "Host: \r\n", "Host: h:x\r\n", "Host: h:65536\r\n",
            "Host: h:1:2\r\n", "Host: [::1\r\n", "Host: [x]\r\n", "Host: h?\r\n", "Host: h#\r\n",
            "Host: http://h\r\n", "Host: :80\r\n", "Host: \u{E9}\r\n", "Host: h h\r\n",
        ].map {
            Vector(
                "21 \($0.debugDescription)",
                "GET /ok HTTP/1.1\r\n\($0)\r\n",
                [400],
                after: .closes
            )
        }
        + ["Host: h", "host:h", "HOST: h:", "Host: h:80", "Host: [::1]:80", "Host:\t1.2.3.4 \t"].map
    {
        Vector("21 \($0.debugDescription)", "GET /ok HTTP/1.1\r\n\($0)\r\n\r\n", [200])
    } + [
        Vector("22 1.0 without Host", "GET /ok HTTP/1.0\r\n\r\n", [200], after: .closes),
        Vector("23 space before colon", get("/ok", "Name : v\r\n"), [400], after: .closes),
        Vector("23 tab before colon", get("/ok", "Name\t: v\r\n"), [400], after: .closes),
        Vector(
            "24 space before first",
            "GET /ok HTTP/1.1\r\n Host: a\r\n\r\n",
            [400],
            after: .closes
        ),
        Vector(
            "24 tab before first",
            "GET /ok HTTP/1.1\r\n\tHost: a\r\n\r\n",
            [400],
            after: .closes
        ),
        Vector("25 fold by space", get("/ok", "X: a\r\n b\r\n"), [400], after: .closes),
        Vector("25 fold by tab", get("/ok", "X: a\r\n\tb\r\n"), [400], after: .closes),
        Vector("25 fold of nothing", get("/ok", "X: a\r\n \r\n"), [400], after: .closes),
        Vector("26 empty name", get("/ok", ": v\r\n"), [400], after: .closes),
        Vector("26 no colon", get("/ok", "Name\r\n"), [400], after: .closes),
        Vector("26 brackets", get("/ok", "X[]: v\r\n"), [400], after: .closes),
        Vector("26 NUL in name", get("/ok", "X\u{0}: v\r\n"), [400], after: .closes),
        Vector("26 DEL in name", get("/ok", "X\u{7F}: v\r\n"), [400], after: .closes),
        Vector("26 not ASCII in name", get("/ok", "Xé: v\r\n"), [400], after: .closes),
        Vector("27 NUL in value", get("/ok", "X: a\u{0}b\r\n"), [400], after: .closes),
        Vector("27 LF in value", get("/ok", "X: a\nb\r\n"), [400], after: .closes),
        Vector("27 DEL in value", get("/ok", "X: a\u{7F}b\r\n"), [400], after: .closes),
        Vector("27 tab in value", get("/ok", "X: a\tb\r\n"), [200]),
    ]
        + (1...0x1F).filter { ![9, 10, 13].contains($0) }.map { (code: Int) in
            Vector(
                "27 \(code) in value",
                get("/ok", "X: a\(UnicodeScalar(UInt8(code)))b\r\n"),
                [400],
                after: .closes
            )
        } + [
            Vector(
                "28 obs-text",
                Array("GET /ok HTTP/1.1\r\nHost: a\r\nX: ".utf8) + Array(0x80...0xFF) + [
                    13, 10, 13, 10,
                ],
                [[200]]
            ),
            Vector(
                "29 64 KB field",
                get("/ok", "X: " + String(repeating: "a", count: 65_536) + "\r\n"),
                [431],
                after: .closes
            ),
            Vector(
                "29 101 fields",
                get("/ok", String(repeating: "X: y\r\n", count: 100)),
                [431],
                after: .closes
            ),
            Vector("29 100 fields", get("/ok", String(repeating: "X: y\r\n", count: 99)), [200]),
            Vector(
                "29 1 MB in all",
                get(
                    "/ok",
                    String(
                        repeating: "Xyzzy: " + String(repeating: "a", count: 10_000) + "\r\n",
                        count: 100
                    )
                ),
                [431],
                after: .closes
            ),
            Vector(
                "30 underscores",
                post("/echo", "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "31 two types",
                get("/ok", "Content-Type: a/b\r\nContent-Type: c/d\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "31 the same type twice",
                get("/ok", "Content-Type: a/b\r\nContent-Type: a/b\r\n"),
                [200]
            ),
            Vector(
                "31 two authorizations",
                get("/ok", "Authorization: a\r\nauthorization: b\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "31 two keys",
                get("/ok", "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "31 two event ids",
                get("/ok", "Last-Event-ID: 1\r\nLAST-EVENT-ID: 2\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "31 two dates",
                get("/ok", "If-Modified-Since: a\r\nIf-Modified-Since: b\r\n"),
                [400],
                after: .closes
            ),
            Vector("32 injection by id", get("/ok", "X-Request-ID: a%0d%0aX: y\r\n"), [200]),
            Vector("32 injection by path", get("/items/%0d%0aX:%20y"), [400]),
        ]
}
