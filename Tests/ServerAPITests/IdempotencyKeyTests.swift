import HTTPServing
import ServerAPI
import Testing

@Suite(.timeLimit(.minutes(5))) struct IdempotencyKeyTests {
    /// What a route that reads the key answers.
    private func answer(_ headers: HTTPHeaders) async throws -> (status: Int, text: String) {
        var router = Router()
        router.on(.post, "/") { request in
            do throws(APIError) {
                let key = try IdempotencyKey(request)
                return HTTPResponse(text: key?.text ?? "no key")
            } catch {
                return HTTPResponse(error.status, text: error.message)
            }
        }
        let response = await HTTPApplication(router: router).respond(
            to: .post,
            "/",
            headers: headers
        )
        let body = try await response.body.collected()
        return (Int(response.status.code), String(decoding: body, as: UTF8.self))
    }

    @Test("a key is taken as it is, and need not be given")
    func keys() async throws {
        let longest = String(repeating: "k", count: 255)
        for key in ["k", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "two words", longest] {
            let answer = try await answer(["Idempotency-Key": key])
            #expect(answer.status == 200 && answer.text == key)
        }
        #expect(try await answer([:]).text == "no key")
    }

    @Test("a key that is empty, too long or unclear is refused with a sentence")
    func faults() async throws {
        var twice: HTTPHeaders = ["Idempotency-Key": "a"]
        twice.append("Idempotency-Key", "a")
        for (headers, sentence) in [
            (
                ["Idempotency-Key": ""],
                "Idempotency-Key is empty, expected 1...255 characters or no field"
            ),
            (
                ["Idempotency-Key": String(repeating: "k", count: 256)],
                "Idempotency-Key has 256 bytes, expected 1...255"
            ),
            (
                ["Idempotency-Key": "clé"],
                "Idempotency-Key must consist of printable ASCII characters"
            ),
            (twice, "Idempotency-Key is given 2 times, expected once"),
        ] as [(HTTPHeaders, String)] {
            let answer = try await answer(headers)
            #expect(answer.status == 400 && answer.text == sentence)
        }
    }
}
