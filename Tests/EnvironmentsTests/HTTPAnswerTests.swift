import Environments
import Testing

/// The bytes of answers, whole and in every two pieces.
@Suite(.timeLimit(.minutes(5))) struct HTTPAnswerTests {
    /// What is read of bytes that come in pieces, after which the connection is closed.
    private func read(
        _ pieces: [ArraySlice<UInt8>],
        limit: Int = 100
    ) -> Result<HTTPAnswer, EndpointFault> {
        var reader = HTTPAnswerReader(from: "X", bodyLimit: limit)
        do throws(EndpointFault) {
            for piece in pieces { try reader.take(piece) }
            if !reader.isWhole { try reader.end() }
            return .success(reader.answer)
        } catch {
            return .failure(error)
        }
    }

    /// What is read of a text, the same however it is cut.
    private func read(_ text: String, limit: Int = 100) -> Result<HTTPAnswer, EndpointFault> {
        let bytes = Array(text.utf8)
        let whole = read([bytes[...]], limit: limit)
        for cut in bytes.indices {
            #expect(read([bytes[..<cut], bytes[cut...]], limit: limit) == whole, "cut at \(cut)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }, limit: limit) == whole)
        return whole
    }

    @Test("a body is as long as it says, in chunks, or until the connection is closed")
    func bodies() throws {
        for (text, isKept) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello", false),
            ("HTTP/1.1 200\r\ncontent-length:5\t\r\n\r\nhello", true),
            ("HTTP/1.0 200 OK\nContent-Length: 5\n\nhello", false),
            ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", true),
            ("HTTP/1.1 200 OK\r\n\r\nhello", false),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2;x=y\r\nhe\r\n003\r\nllo\r\n0\r\nTrailer: x\r\n\r\n", true
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                true
            ),
        ] {
            let answer = try read(text).get()
            #expect(answer.status == 200)
            #expect(answer.body == Array("hello".utf8), "\(text)")
            #expect(answer.keepsConnection == isKept, "\(text)")
        }
        let none = try read("HTTP/1.1 204 No Content\r\n\r\n").get()
        #expect(none == HTTPAnswer(status: 204, keepsConnection: true))
        let typed = try read(
            "HTTP/1.1 302 Found\r\nContent-Type: Text/HTML; charset=x\r\nLocation: /y\r\n"
                + "Content-Length: 0\r\n\r\n"
        ).get()
        #expect(typed.contentType == "text/html" && typed.location == "/y")
    }

    @Test("what follows an answer was not asked for: its connection is not used again")
    func surplus() {
        var reader = HTTPAnswerReader(from: "X", bodyLimit: 100)
        let bytes = Array("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".utf8)
        #expect(throws: Never.self) { try reader.take(bytes[...]) }
        #expect(reader.isWhole && !reader.answer.keepsConnection)
    }

    @Test(
        "what is no answer is said",
        arguments: [
            ("SSH-2.0-OpenSSH\r\n", "X does not speak HTTP/1.1, it sent: SSH-2.0-OpenSSH"),
            ("HTTP/2 200\r\n", "X does not speak HTTP/1.1, it sent: HTTP/2 200"),
            ("HTTP/1.1 99 No\r\n", "X does not speak HTTP/1.1, it sent: HTTP/1.1 99 No"),
            ("HTTP/1.1 200\r\nno colon\r\n", "X answered with a field without colon: no colon"),
            ("HTTP/1.1 200\r\nContent-Length: -1\r\n", "X answered with a Content-Length of -1"),
            (
                "HTTP/1.1 200\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
                "X answered with a Content-Length of 2"
            ),
            (
                "HTTP/1.1 200\r\nTransfer-Encoding: gzip\r\n",
                "X answered in the transfer encoding gzip, expected chunked or none"
            ),
            (
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "X answered with a chunk of size -1"
            ),
            (
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
                "X answered with a chunk longer than it says"
            ),
            (
                "HTTP/1.1 200\r\nContent-Length: 101\r\n\r\n",
                "X answered with more than 100 bytes, which no right answer has"
            ),
            (
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n",
                "X answered with more than 100 bytes, which no right answer has"
            ),
            (
                "HTTP/1.1 200\r\n\r\n" + String(repeating: "x", count: 101),
                "X answered with more than 100 bytes, which no right answer has"
            ),
        ]
    )
    func wrong(text: String, sentence: String) {
        #expect(read(text) == .failure(.wrong(sentence)))
    }

    @Test("an answer that is cut short is a lost one")
    func cut() {
        for text in [
            "", "HTTP/1.1", "HTTP/1.1 200\r\nContent-Le",
            "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\na",
            "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
        ] {
            let lost = EndpointFault.lost("X closed the connection before its answer was whole")
            #expect(read(text) == .failure(lost), "\(text)")
        }
    }

    @Test("fields without end are not read for ever")
    func endless() {
        var reader = HTTPAnswerReader(from: "X", bodyLimit: 100)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: HTTPAnswerReader.headLimit)
        #expect(throws: EndpointFault.wrong("X answered with more than 16384 bytes of fields")) {
            try reader.take(line[...])
        }
    }
}
