/*
 * Dark or light: what the system says, until a person says otherwise. No module, so that it runs
 * before the page is first drawn.
 */
(() => {
    const key = 'theme';
    const system = matchMedia('(prefers-color-scheme: dark)');
    const systemTheme = () => (system.matches ? 'dark' : 'light');
    let chosen = localStorage.getItem(key);

    const apply = () => {
        document.documentElement.dataset.theme = chosen ?? systemTheme();
        document.dispatchEvent(new Event('themechange'));
    };

    const toggle = () => {
        const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
        // Back at the system's own, the page follows the system again.
        chosen = theme === systemTheme() ? null : theme;
        if (chosen) localStorage.setItem(key, chosen);
        else localStorage.removeItem(key);
        apply();
    };

    apply();
    system.addEventListener('change', apply);
    document.addEventListener('DOMContentLoaded', () => {
        document.getElementById('toggle-theme').addEventListener('click', toggle);
    });
})();
