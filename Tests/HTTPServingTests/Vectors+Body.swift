extension Vector {
    static let framing: [Vector] =
        [
            "abc", "-1", "+5", "-0", "0x5", "0o5", "1_0", "5 5", "٥", "", "5;", "5,", ",5", "5.0",
            "5e0",
            "18446744073709551621", String(repeating: "9", count: 40), "5\u{B}",
        ].map {
            Vector(
                "40 Content-Length \($0.debugDescription)",
                post("/echo", "Content-Length: \($0)\r\n", "hello"),
                [400],
                after: .closes
            )
        } + [
            Vector(
                "41 two lengths",
                post("/echo", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
                [400],
                after: .closes
            ),
            Vector(
                "41 list of lengths",
                post("/echo", "Content-Length: 5, 6\r\n", "hello"),
                [400],
                after: .closes
            ),
            Vector(
                "42 equal lengths",
                post("/echo", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
                [400],
                after: .closes
            ),
            Vector(
                "42 list of equal lengths",
                post("/echo", "Content-Length: 5, 5\r\n", "hello"),
                [400],
                after: .closes
            ),
            Vector(
                "43 leading zeros",
                post("/echo", "Content-Length: 0005\r\n", "hello") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "43 not octal",
                post("/echo", "Content-Length: 010\r\n", "0123456789") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "44 length, then chunked",
                post("/echo", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "44 chunked, then length",
                post("/echo", "TRANSFER-ENCODING: Chunked\r\ncontent-length: 5\r\n", "0\r\n\r\n"),
                [400],
                after: .closes
            ),
            Vector(
                "45 chunked on 1.0",
                "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                [400],
                after: .closes
            ),
        ]
        + [
            "gzip", "chunked, gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked",
            "", "chunked;a=b",
            "\"chunked\"", "chunked,", ",chunked", "chunkedx", "chunked chunked",
        ].map {
            Vector(
                "46 \($0.debugDescription)",
                post("/echo", "Transfer-Encoding: \($0)\r\n", "0\r\n\r\n"),
                [400, 501],
                after: .closes
            )
        }
        + ["\u{B}chunked", "chunked\u{B}", "\u{C}chunked", "chunked\u{0}", "chunked\u{85}"].map {
            Vector(
                "46 \($0.debugDescription)",
                post("/echo", "Transfer-Encoding: \($0)\r\n", "0\r\n\r\n"),
                [400, 501],
                after: .closes
            )
        } + [
            Vector(
                "46 twice",
                post(
                    "/echo",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                    "0\r\n\r\n"
                ),
                [400, 501],
                after: .closes
            ),
            Vector(
                "46 any case",
                post("/echo", "Transfer-Encoding: \t cHuNkEd \t\r\n", "0\r\n\r\n") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "47 body on GET",
                get("/ok", "Content-Length: 5\r\n") + "hello" + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "47 body on HEAD",
                "HEAD /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "47 body on DELETE",
                "DELETE /items/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                    + get("/ok"),
                [204],
                [200]
            ),
            Vector(
                "47 body on OPTIONS",
                "OPTIONS /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("/ok"),
                [204],
                [200]
            ),
            Vector(
                "47 body to nobody",
                post("/nobody", "Content-Length: 5\r\n", "hello") + get("/ok"),
                [404],
                [200]
            ),
            Vector(
                "47 chunked to nobody",
                post("/nobody", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                [404],
                after: .closes
            ),
            Vector("48 POST without length", post("/echo", "") + get("/ok"), [200], [200]),
            Vector(
                "49 end within body",
                post("/echo", "Content-Length: 50\r\n", "hello"),
                [400],
                after: .closes,
                ends: true
            ),
            Vector("49 end within chunks", chunked("5\r\nhel"), [400], after: .closes, ends: true),
            Vector("49 end within header", "GET /ok HTTP/1.1\r\nHos", after: .closes, ends: true),
            Vector(
                "50 next request behind body",
                post("/echo", "Content-Length: 5\r\n", "hello") + get("/ok"),
                [200],
                [200]
            ),
        ]

    static let chunks: [Vector] =
        [
            "5\r\nhello\r\n0\r\n\r\n", "A\r\n0123456789\r\n0\r\n\r\n",
            "a\r\n0123456789\r\n0\r\n\r\n",
            "000005\r\nhello\r\n000\r\n\r\n", "1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", "0\r\n\r\n",
        ].map { Vector("60 \($0.debugDescription)", chunked($0) + get("/ok"), [200], [200]) }
        + ["0x5", "+5", "-1", "5_0", " 5", "5 ", "", "g", "5\t", "5h", "٥"].map {
            Vector(
                "61 \($0.debugDescription)",
                chunked("\($0)\r\nhello\r\n0\r\n\r\n"),
                [400],
                after: .closes
            )
        } + [
            Vector(
                "62 17 digits",
                chunked("00000000000000005\r\nhello\r\n0\r\n\r\n"),
                [400, 413],
                after: .closes
            ),
            Vector("62 2^64", chunked("10000000000000000\r\n"), [400, 413], after: .closes),
            Vector("62 2^64 - 1", chunked("FFFFFFFFFFFFFFFF\r\n"), [400, 413], after: .closes),
            Vector("62 2^63 - 1", chunked("7FFFFFFFFFFFFFFF\r\n"), [400, 413], after: .closes),
        ]
        + [
            "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
            "5\r\nhello!\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\rhello\r\n0\r\n\r\n",
            "5\r\nhello\r0\r\n\r\n",
        ].map { Vector("63 \($0.debugDescription)", chunked($0), [400], after: .closes) }
        + [
            ";ext", ";a=b", ";a=\"b;c\"", ";a=\"b\\\"c\"", "; a = b", ";a;b=c", " ;a",
            ";a=\"\u{E9}\"",
        ].map {
            Vector(
                "64 \($0.debugDescription)",
                chunked("5\($0)\r\nhello\r\n0\r\n\r\n") + get("/ok"),
                [200],
                [200]
            )
        }
        + [
            ";", ";;a", ";a=", ";a=\"b", ";a\u{0}", ";a\rb", ";a\nb", "; ", ";a=b ", ";\"a\"=b",
            ";a=\"\u{1}\"",
        ].map {
            Vector(
                "65 \($0.debugDescription)",
                chunked("5\($0)\r\nhello\r\n0\r\n\r\n"),
                [400],
                after: .closes
            )
        } + [
            Vector(
                "65 64 KB extension",
                chunked("5;" + String(repeating: "a", count: 65_536) + "\r\nhello\r\n0\r\n\r\n"),
                [400, 413],
                after: .closes
            ),
            Vector(
                "65 65,537 chunks",
                chunked(String(repeating: "1\r\na\r\n", count: 65_537) + "0\r\n\r\n"),
                [400, 413],
                after: .closes
            ),
            Vector(
                "65 65,536 chunks",
                chunked(String(repeating: "1\r\na\r\n", count: 65_536) + "0\r\n\r\n") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "66 trailers",
                chunked("1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n") + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "66 trailers that frame",
                chunked(
                    "0\r\nContent-Length: 9\r\nTransfer-Encoding: gzip\r\nHost: b\r\nAuthorization: c\r\nContent-Type: d\r\n\r\n"
                ) + get("/ok"),
                [200],
                [200]
            ),
            Vector("66 trailer without colon", chunked("0\r\nX\r\n\r\n"), [400], after: .closes),
            Vector("66 folded trailer", chunked("0\r\nX: y\r\n z\r\n\r\n"), [400], after: .closes),
            Vector("66 NUL in trailer", chunked("0\r\nX: \u{0}\r\n\r\n"), [400], after: .closes),
            Vector(
                "67 long trailers",
                chunked("0\r\n" + String(repeating: "X: 0123456789\r\n", count: 600) + "\r\n"),
                [431],
                after: .closes
            ),
        ]

    static let connections: [Vector] =
        ["close", "Close", "CLOSE", "keep-alive, close", "x,close ,y", "close, keep-alive"].map {
            Vector("70 \($0)", get("/ok", "Connection: \($0)\r\n"), [200], after: .closes)
        } + [
            Vector("70 kept by default", get("/ok"), [200]),
            Vector(
                "70 close in a second field",
                get("/ok", "Connection: x\r\nConnection: close\r\n"),
                [200],
                after: .closes
            ),
            Vector("71 1.0 closes", "GET /ok HTTP/1.0\r\nHost: a\r\n\r\n", [200], after: .closes),
            Vector(
                "71 1.0 keeps",
                "GET /ok HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n" + get("/ok"),
                [200],
                [200]
            ),
            Vector(
                "72 150 in a row",
                Array(
                    (0..<50).map { _ in
                        get("/ok") + post("/echo", "Content-Length: 3\r\n", "abc")
                            + "HEAD /ok HTTP/1.1\r\nHost: a\r\n\r\n"
                    }.joined().utf8
                ),
                Array(repeating: [200], count: 150)
            ),
            Vector(
                "73 error in a row",
                get("/ok") + post("/echo", "Content-Length: x\r\n") + get("/ok"),
                [200],
                [400],
                after: .closes
            ),
            Vector(
                "74 half-close",
                get("/ok") + post("/echo", "Content-Length: 3\r\n", "abc"),
                [200],
                [200],
                after: .closes,
                ends: true
            ),
            Vector(
                "77 100-continue",
                post("/echo", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
                [100],
                after: .either
            ),
            Vector(
                "77 100-continue, body there",
                post("/echo", "Expect: 100-continue\r\nContent-Length: 5\r\n", "hello"),
                [200],
                after: .either
            ),
            Vector("77 100-continue, no body", get("/ok", "Expect: 100-continue\r\n"), [200]),
            Vector(
                "77 100-continue on 1.0",
                "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
                [200],
                after: .closes
            ),
            Vector(
                "77 100-continue, refused",
                post("/nobody", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
                [404],
                after: .closes
            ),
            Vector("78 other expectation", get("/ok", "Expect: x\r\n"), [417], after: .closes),
            Vector(
                "79 expectation with too long a body",
                post("/tiny", "Expect: 100-continue\r\nContent-Length: 5\r\n"),
                [413],
                after: .closes
            ),
            Vector(
                "79 too long a body",
                post("/tiny", "Content-Length: 5\r\n", "hello"),
                [413],
                after: .closes
            ),
            Vector(
                "79 too long a chunked body",
                post("/tiny", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
                [413],
                after: .closes
            ),
            Vector(
                "80 h2c",
                get(
                    "/ok",
                    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
                ),
                [200]
            ),
            Vector(
                "80 websocket",
                get("/ok", "Upgrade: websocket\r\nConnection: Upgrade\r\n"),
                [200]
            ),
        ]

    static let semantics: [Vector] =
        [
            Vector(
                "91 204 without content",
                "DELETE /items/1 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/ok"),
                [204],
                [200]
            ),
            Vector(
                "92 same tag",
                get("/tagged", "If-None-Match: \"v1\"\r\n") + get("/ok"),
                [304],
                [200]
            ),
            Vector("92 weak tag", get("/tagged", "If-None-Match: W/\"v1\"\r\n"), [304]),
            Vector(
                "92 tag in a list",
                get("/tagged", "If-None-Match: \"v0\", W/\"v1\"\r\n"),
                [304]
            ),
            Vector(
                "92 tag in a second field",
                get("/tagged", "If-None-Match: \"v0\"\r\nIf-None-Match: \"v1\"\r\n"),
                [304]
            ),
            Vector("92 any tag", get("/tagged", "If-None-Match: *\r\n"), [304]),
            Vector("92 other tag", get("/tagged", "If-None-Match: \"v0\"\r\n"), [200]),
            Vector("92 tag without quotes", get("/tagged", "If-None-Match: v1\r\n"), [200]),
            Vector(
                "92 not modified",
                get("/tagged", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
                [304]
            ),
            Vector(
                "92 not modified, RFC 850",
                get("/tagged", "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n"),
                [304]
            ),
            Vector(
                "92 not modified, asctime",
                get("/tagged", "If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n"),
                [304]
            ),
            Vector(
                "92 modified",
                get("/tagged", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n"),
                [200]
            ),
            Vector("92 bad date", get("/tagged", "If-Modified-Since: yesterday\r\n"), [200]),
            Vector(
                "92 future date",
                get("/tagged", "If-Modified-Since: Sun, 06 Nov 2094 08:49:37 GMT\r\n"),
                [200]
            ),
            Vector(
                "92 tag goes before date",
                get(
                    "/tagged",
                    "If-None-Match: \"v0\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                ),
                [200]
            ),
            Vector(
                "93 other tag",
                "DELETE /items/1 HTTP/1.1\r\nHost: a\r\nIf-Match: \"v0\"\r\n\r\n",
                [412]
            ),
            Vector(
                "93 weak tag",
                "DELETE /items/1 HTTP/1.1\r\nHost: a\r\nIf-Match: W/\"v1\"\r\n\r\n",
                [412]
            ),
            Vector(
                "93 same tag",
                "DELETE /items/1 HTTP/1.1\r\nHost: a\r\nIf-Match: \"v1\"\r\n\r\n",
                [204]
            ),
            Vector(
                "96 br",
                post("/echo", "Content-Encoding: br\r\nContent-Length: 1\r\n", "a"),
                [415]
            ),
            Vector(
                "96 gzip twice",
                post("/echo", "Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n", "a"),
                [415]
            ),
            Vector(
                "97 no gzip at all",
                post("/echo", "Content-Encoding: gzip\r\nContent-Length: 1\r\n", "a"),
                [400]
            ),
        ]
        + [
            "/../etc/passwd", "/%2e%2e/", "/..%2f", "/a/./b", "/a/..", "/.", "/%2E/ok", "/%c0%ae",
            "/%00", "/%ff",
            "/ok%2f", "/ok%0a", "/ok%7f",
        ].map { Vector("98 \($0)", get($0), [400]) }
        + ["/%252e", "//etc", "/%5c..", "/...", "/..a", "/nothing", "//", "/ok//"].map {
            Vector("98 \($0)", get($0), [200, 404])
        } + [
            Vector("98 encoded letters", get("/%6Fk"), [200]),
            Vector("98 slash at the end", get("/ok/"), [200]),
            Vector(
                "99 10,000 parameters",
                get("/ok?" + String(repeating: "&", count: 8_000)),
                [200]
            ),
        ]

    static let all = requestLines + fields + framing + chunks + connections + semantics
}
