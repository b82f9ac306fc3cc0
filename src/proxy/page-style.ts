/** Of all pages. Colours have a contrast of 4.5 and more on their background, in both schemes. */
export const STYLE = `:root{color-scheme:light dark;--fg:#1d1f23;--bg:#fbfbfa;--muted:#5b6069;--line:#dcdee2;
--link:#0b57d0;--done:#1a7034;--busy:#0b57d0;--failed:#b3261e;--code:#f0f1f3}
@media(prefers-color-scheme:dark){:root{--fg:#e6e7ea;--bg:#17181b;--muted:#a3a8b1;--line:#34373d;
--link:#8ab4f8;--done:#6fcf8b;--busy:#8ab4f8;--failed:#f5a097;--code:#24262b}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
main,footer{max-width:44rem;margin:0 auto;padding:0 1.5rem}main{padding-top:clamp(2rem,10vh,6rem)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 1rem}h2{font-size:1rem;margin:2rem 0 .5rem}p{margin:.5rem 0}
ul,dl{margin:0;padding:0;list-style:none}[hidden]{display:none}
a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:2px}
#conditions li{display:grid;grid-template-columns:1.25rem 1fr 5.5rem;column-gap:.5rem;align-items:baseline;
padding:.35rem 0;border-top:1px solid var(--line)}
#conditions i{font-style:normal}#conditions small{grid-column:2/-1;font-size:.9rem;color:var(--muted)}
@media(min-width:40rem){#conditions li{grid-template-columns:1.25rem 9.5rem 5.5rem 1fr}#conditions small{grid-column:4}}
.done i,.done em{color:var(--done)}.busy i,.busy em{color:var(--busy)}.failed i,.failed em{color:var(--failed)}
em{font-style:normal}.waiting,.off{color:var(--muted)}
#links a{display:inline-block;padding:.25rem 0}
code{font:.95em ui-monospace,monospace;background:var(--code);padding:.15em .4em;border-radius:.3em;
-webkit-box-decoration-break:clone;box-decoration-break:clone}
dd{margin:.1rem 0 .75rem;color:var(--muted)}
#hint{color:var(--muted)}
footer{margin-top:2.5rem;padding-bottom:2rem;color:var(--muted);font-size:.875rem}
@media(prefers-reduced-motion:no-preference){.busy i{animation:beat 1.4s ease-in-out infinite}
@keyframes beat{50%{opacity:.25}}}
`;
