/** Server-sent events (WHATWG HTML §9.2), read by fetch: EventSource can send no token. */

import { APIError, ask } from './api.js';
import { EventParser } from './event-parser.js';

/** A stream that is taken up again where it stopped, until it says itself that it is over. */
export class EventStream {
    #control = new AbortController();
    #wake = () => {};
    #retryMilliseconds = 2000;

    /**
     * @param path Where it comes from.
     * @param after The last event that is not wanted any more.
     * @param onEvent Takes `{id, name, data}`, the data as an object.
     * @param onStatus Takes `live`, `reconnecting` or `ended`.
     */
    constructor(path, { after, onEvent, onStatus }) {
        this.path = path;
        /** The last event that was seen. */
        this.position = after;
        this.onEvent = onEvent;
        this.onStatus = onStatus;
        this.#run(this.#control.signal);
    }

    stop() {
        this.#control.abort();
        this.#wake();
    }

    /** Ends the waiting before the next attempt. */
    hurry() {
        this.#wake();
    }

    async #run(signal) {
        let failures = 0;
        while (!signal.aborted) {
            try {
                if (await this.#read(signal, () => (failures = 0))) return this.onStatus('ended');
            } catch (error) {
                if (signal.aborted) return;
                if (error instanceof APIError && !error.isPassing) return this.onStatus('ended');
            }
            if (signal.aborted) return;
            this.onStatus('reconnecting');
            await this.#wait(Math.min(15_000, this.#retryMilliseconds * 2 ** failures));
            failures = Math.min(failures + 1, 3);
        }
    }

    /** One connection; true when the server says that there is nothing more to come. */
    async #read(signal, onLife) {
        const attempt = new AbortController();
        const giveUp = () => attempt.abort();
        signal.addEventListener('abort', giveUp, { once: true });
        // The server is heard at least every 15 seconds, or it is gone.
        let watch = setTimeout(giveUp, 40_000);
        try {
            const response = await ask(this.path, {
                headers: { Accept: 'text/event-stream', 'Last-Event-ID': String(this.position) },
                cache: 'no-store',
                signal: attempt.signal,
            });
            if (response.status === 204) return true;
            this.onStatus('live');
            onLife();
            const parser = new EventParser();
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            for (;;) {
                const { done, value } = await reader.read();
                if (done || signal.aborted) return false;
                clearTimeout(watch);
                watch = setTimeout(giveUp, 40_000);
                for (const event of parser.feed(value)) this.#deliver(event);
                this.#retryMilliseconds = parser.retryMilliseconds;
            }
        } finally {
            clearTimeout(watch);
            signal.removeEventListener('abort', giveUp);
        }
    }

    #deliver({ id, name, data }) {
        if (id !== '') this.position = Number(id);
        this.onEvent({ id: this.position, name, data: JSON.parse(data) });
    }

    #wait(milliseconds) {
        return new Promise((resolve) => {
            this.#wake = resolve;
            setTimeout(resolve, milliseconds);
        });
    }
}
