/** The bearer token, for servers that ask for one. */

import { hasToken, useToken } from './api.js';
import { button, element } from './element.js';

/** Asks for the token when a person wants to give it, or when the server does. */
export function attachToken(onToken) {
    const opener = document.getElementById('set-token');
    const field = element('input', { type: 'password', id: 'token', autocomplete: 'off' });
    const refusal = element('p', { class: 'failure', hidden: true },
        'The server does not know this token.');
    const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'token-title' },
        element('form', { method: 'dialog' },
            element('h2', { id: 'token-title' }, 'Token'),
            refusal,
            element('label', { htmlFor: 'token' }, 'What this server was started with as --token'),
            field,
            element('p', { class: 'note' }, 'It is kept until this tab is closed.'),
            element('div', { class: 'actions' },
                button('Forget it', () => finish('')),
                element('button', { class: 'primary' }, 'Use it'))));
    let isAnswered = false;
    const finish = (value) => {
        isAnswered = true;
        useToken(value);
        field.value = '';
        dialog.close();
        mark();
        onToken();
    };
    const mark = () => opener.classList.toggle('set', hasToken());
    const open = () => {
        isAnswered = false;
        refusal.hidden = !hasToken();
        return dialog.open || dialog.showModal();
    };
    // Who closes the question is not asked again and again.
    let isDismissed = false;
    dialog.addEventListener('close', () => (isDismissed = !isAnswered));
    dialog.querySelector('form').addEventListener('submit', (event) => {
        event.preventDefault();
        finish(field.value);
    });
    opener.addEventListener('click', open);
    document.addEventListener('tokenwanted', () => isDismissed || open());
    document.body.append(dialog);
    mark();
}
