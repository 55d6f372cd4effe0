import HTTPServing
import Testing

@Suite(.timeLimit(.minutes(5))) struct MultipartTests {
    private let type = "multipart/form-data; boundary=XX"

    private func parse(
        _ body: String,
        type: String? = nil,
        limits: MultipartFormData.Limits = .init()
    ) throws(HTTPError) -> [(MultipartFormData.Part, String)] {
        let bytes = Array(body.utf8)
        let form = try MultipartFormData(bytes, contentType: type ?? self.type, limits: limits)
        return form.parts.map { ($0, String(decoding: bytes[$0.range], as: UTF8.self)) }
    }

    @Test("parts with their names and contents")
    func parts() throws {
        let parts = try parse(
            "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n"
                + "--XX \t\r\ncontent-disposition:form-data; filename=\"x \\\"y\\\".png\"; name=f\r\n"
                + "Content-Type: image/png\r\nX-Other: z\r\n\r\n\r\n--XY\r\n-\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--XX--\r\nepilogue"
        )
        #expect(parts.map(\.0.name) == ["a", "f", ""])
        #expect(parts.map(\.0.filename) == [nil, "x \"y\".png", nil])
        #expect(parts.map(\.0.contentType) == [nil, "image/png", nil])
        #expect(parts.map(\.1) == ["hello", "\r\n--XY\r\n-", ""])
    }

    @Test("a preamble, a quoted boundary and a form without parts")
    func forms() throws {
        let preamble =
            "preamble\r\n--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX--"
        #expect(try parse(preamble).map(\.1) == ["1"])
        let quoted = "Multipart/Form-Data; charset=utf-8; boundary=\"X X\""
        let body = "--X X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X X--"
        #expect(try parse(body, type: quoted).map(\.1) == ["1"])
        #expect(try parse("--XX--").isEmpty)
    }

    @Test(
        "a form that is cut off or malformed is a bad request",
        arguments: [
            "", "--XX", "--XX\r\n", "--XY\r\n\r\n--XY--", "--XX\r\nA: b\r\n\r\n1",
            "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X",
            "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--",
            "--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XX--",
            "--XX\r\nA: b\r\n\r\n1\r\n--XX--", "--XX\r\n\r\n1\r\n--XX--",
            "--XX\r\nno colon\r\n\r\n1\r\n--XX--",
            "--XX\r\nContent-Disposition : form-data; name=a\r\n\r\n1\r\n--XX--",
            "--XXContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX--",
            "--XX\r\nContent-Disposition: form-data; name=a\u{0}\r\n\r\n1\r\n--XX--",
        ]
    )
    func malformed(body: String) {
        #expect {
            try parse(body)
        } throws: { error in
            (error as? HTTPError)?.status == .badRequest
        }
    }

    @Test("every cut of a form is malformed or ends where the form ends")
    func cuts() throws {
        let body =
            "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--XX\r\n"
            + "Content-Disposition: form-data; name=b\r\n\r\n22\r\n--XX--"
        #expect(try parse(body).map(\.1) == ["1", "22"])
        for length in 0..<body.utf8.count {
            #expect(throws: HTTPError.self) {
                // By bytes: CR LF is one character of a string.
                try parse(String(decoding: body.utf8.prefix(length), as: UTF8.self))
            }
        }
    }

    @Test("another type, a boundary that is none, and too much of anything are refused")
    func limits() {
        for (type, status) in [
            ("text/plain", HTTPStatus.unsupportedMediaType), ("multipart/form-data", .badRequest),
            ("multipart/form-data; boundary=", .badRequest),
            ("multipart/form-data; boundary=\(String(repeating: "x", count: 71))", .badRequest),
        ] {
            #expect {
                try parse("--XX--", type: type)
            } throws: { error in
                (error as? HTTPError)?.status == status
            }
        }
        let part = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
        #expect(throws: HTTPError.self) {
            try parse(String(repeating: part, count: 65) + "--XX--")
        }
        let long = "--XX\r\nX: \(String(repeating: "y", count: 5_000))\r\n\r\n1\r\n--XX--"
        #expect(throws: HTTPError.self) { try parse(long) }
    }
}
