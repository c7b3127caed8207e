// What stands around every page: navigation, language, colours, who is here, and the warning that what is shown is old.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { staleMs, warnedAge } from './freshness';
import { duration } from './format';
import { chooseLang, lang, langNames, langs, type Lang } from './i18n';
import { t } from './layout.messages';
import { useChange } from './load';
import { pages } from './pages';
import { Link, path } from './route';
import { chooseName, forgetName, reloadSession, session, whoIsHere } from './session';
import { chooseTheme, theme, themes, type Theme } from './theme';
import { Button, Dialog, ErrorBox, TextInput } from './ui';

export function Layout({ children }: { children: ComponentChildren }) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(() => {
    // Asked again when the window is come back to: another one may have chosen another name.
    const ask = () => void reloadSession().catch(() => undefined);
    ask();
    addEventListener('focus', ask);
    return () => removeEventListener('focus', ask);
  }, []);
  useEffect(() => setMenuOpen(false), [path.value]);
  const isStale = staleMs.value !== undefined;
  return (
    <div class={`console ${isStale ? 'is-stale' : ''}`}>
      <a class="skip" href="#page">{t('skip')}</a>
      <header class="top">
        <Link href="/" class="brand">Lupaus</Link>
        <button type="button" class="button quiet menu" aria-expanded={isMenuOpen} aria-controls="pages" onClick={() => setMenuOpen(!isMenuOpen)}>
          <span aria-hidden="true">{isMenuOpen ? '✕' : '☰'} </span>{t('menu')}
        </button>
        <Who />
      </header>
      <div class={`side ${isMenuOpen ? 'is-open' : ''}`} id="pages">
        <nav aria-label={t('pages')}>
          {pages.map(({ pattern, nav }) => nav && <Link key={pattern} href={pattern} current={isAt(pattern)}>{t(nav)}</Link>)}
          <a href="/wall">{t('wall')}</a>
        </nav>
        <Preferences />
      </div>
      <main id="page" tabIndex={-1}>
        <StaleBanner />
        <div class="content">{children}</div>
      </main>
    </div>
  );
}

function isAt(pattern: string): boolean {
  return pattern === '/' ? path.value === '/' : path.value === pattern || path.value.startsWith(`${pattern}/`);
}

function StaleBanner() {
  const age = staleMs.value;
  return (
    <div role="alert">
      {age !== undefined && <p class="stale"><span aria-hidden="true">✕ </span>{t('stale', { age: duration(warnedAge(age)) })}</p>}
    </div>
  );
}

function Preferences() {
  const words: Record<Theme, string> = { auto: t('themeAuto'), light: t('themeLight'), dark: t('themeDark') };
  return (
    <section class="preferences" aria-label={t('preferences')}>
      <label>{t('language')}
        <select value={lang.value} onChange={(event) => chooseLang(event.currentTarget.value as Lang)}>
          {langs.map((one) => <option key={one} value={one} lang={one}>{langNames[one]}</option>)}
        </select>
      </label>
      <label>{t('theme')}
        <select value={theme.value} onChange={(event) => chooseTheme(event.currentTarget.value as Theme)}>
          {themes.map((one) => <option key={one} value={one}>{words[one]}</option>)}
        </select>
      </label>
      {session.value?.version && <p class="faint">{t('version', { version: session.value.version })}</p>}
    </section>
  );
}

function Who() {
  const [isOpen, setOpen] = useState(false);
  const known = session.value;
  const name = whoIsHere();
  return (
    <div class="who">
      {name
        ? <span><span class="unseen">{t('you')}: </span><strong>{name}</strong> <span class="faint">{known?.authenticated ? t('fromProxy') : t('unauthenticated')}</span></span>
        : null}
      {known?.kind !== 'proxy' && <Button onClick={() => setOpen(true)}>{name ? t('changeName') : t('chooseName')}</Button>}
      {isOpen && <NameDialog onClose={() => setOpen(false)} />}
    </div>
  );
}

function NameDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(whoIsHere());
  const { run, error, isRunning } = useChange();
  const save = async () => {
    if (await run(() => chooseName(name.trim()))) onClose();
  };
  const forget = async () => {
    if (await run(forgetName)) onClose();
  };
  return (
    <Dialog title={t('nameTitle')} onClose={onClose} onSubmit={() => void save()} actions={<>
      <Button kind="primary" type="submit" disabled={isRunning || !name.trim()}>{t('nameSave')}</Button>
      {whoIsHere() && <Button disabled={isRunning} onClick={() => void forget()}>{t('nameForget')}</Button>}
    </>}>
      <TextInput label={t('name')} name="name" value={name} onChange={setName} hint={t('nameHint')} maxLength={64} autoFocus required />
      <ErrorBox error={error} />
    </Dialog>
  );
}
