// The console: finds the page that the address names, loads its script and draws it within the layout.
import { render, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Layout } from './layout';
import { t } from './layout.messages';
import { pages, type PageProps } from './pages';
import { matchPath, path } from './route';
import './theme.css';
import './theme';
import { Button, ButtonLink, Loading, PageHead } from './ui';

type State = { pattern: string; Page?: ComponentType<PageProps>; hasFailed?: boolean };

function CurrentPage() {
  const [state, setState] = useState<State>({ pattern: '' });
  const found = pages.map((page) => ({ page, params: matchPath(page.pattern, path.value) })).find(({ params }) => params);
  const pattern = found?.page.pattern ?? '';
  useEffect(() => {
    let isWanted = true;
    found?.page.load().then(
      (script) => isWanted && setState({ pattern, Page: script.default }),
      () => isWanted && setState({ pattern, hasFailed: true }));
    return () => {
      isWanted = false;
    };
  }, [pattern]);
  if (!found?.params) return <Missing />;
  if (state.pattern !== pattern) return <Loading />;
  if (state.hasFailed || !state.Page) return <Broken />;
  const Page = state.Page;
  return <Page key={path.value} params={found.params} />;
}

function Missing() {
  return <><PageHead title={t('noPage')} /><p>{t('noPageText')}</p><ButtonLink href="/">{t('toLive')}</ButtonLink></>;
}

function Broken() {
  return <><PageHead title={t('broken')} /><p>{t('brokenText')}</p><Button onClick={() => location.reload()}>{t('reload')}</Button></>;
}

const root = document.getElementById('console');
if (root) render(<Layout><CurrentPage /></Layout>, root);
