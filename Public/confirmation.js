/** Questions before what cannot be taken back. */

import { button, element } from './element.js';

/** Asks; true only where the person says so. */
export function confirmation(question, consequence, verb) {
    return new Promise((resolve) => {
        const dialog = element('dialog', { class: 'dialog', 'aria-labelledby': 'question' },
            element('h2', { id: 'question' }, question),
            element('p', {}, consequence),
            element('div', { class: 'actions' },
                button('Cancel', () => dialog.close(), { autofocus: true }),
                button(verb, () => dialog.close('yes'), { class: 'dangerous' })));
        dialog.addEventListener('close', () => {
            dialog.remove();
            resolve(dialog.returnValue === 'yes');
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
