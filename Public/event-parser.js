/** The format of server-sent events (WHATWG HTML §9.2.6). */

/** The text of a stream, cut anywhere, to events. */
export class EventParser {
    #rest = '';
    #name = '';
    #lines = [];
    #id = '';
    /** What the server asks to be left alone for after it went away. */
    retryMilliseconds = 2000;

    /** The events that this piece of text completes: `{id, name, data}`. */
    feed(text) {
        // A CR at the end may be half of a CRLF, so that its line stays open.
        const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
        this.#rest = lines.pop();
        return lines.map((line) => this.#take(line)).filter((event) => event !== null);
    }

    #take(line) {
        if (line === '') return this.#finish();
        const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === 'event') this.#name = value;
        else if (field === 'data') this.#lines.push(value);
        else if (field === 'id') this.#id = value;
        else if (field === 'retry' && /^\d+$/.test(value)) this.retryMilliseconds = Number(value);
        return null;
    }

    #finish() {
        const event = { id: this.#id, name: this.#name || 'message', data: this.#lines.join('\n') };
        const isEmpty = this.#lines.length === 0;
        this.#name = '';
        this.#lines = [];
        return isEmpty ? null : event;
    }
}
