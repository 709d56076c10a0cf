// What the packager makes of the bundled program. Plain data, so that tests can read it; build/package.ts runs it.
import { join } from 'node:path';
import { type FuseConfig, FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { type AfterPackContext, Arch, type Configuration } from 'electron-builder';
import packageJson from '../package.json' with { type: 'json' };
import { placeBinding } from './bundle.ts';

/** Switches within the Electron binary: none of the doors that only developers use stays open. */
export const FUSES: FuseConfig = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  resetAdHocDarwinSignature: false,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Electron has it for macOS and Windows; elsewhere it does nothing.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** The program's name on Linux. */
const EXECUTABLE = 'tern';

/** The file that has the switches, in a program folder before it is signed. */
export const binaryOf = ({ appOutDir, electronPlatformName, packager }: AfterPackContext): string => {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin')
    return join(appOutDir, `${productFilename}.app/Contents/MacOS/${productFilename}`);
  return join(appOutDir, electronPlatformName === 'win32' ? `${productFilename}.exe` : EXECUTABLE);
};

const afterPack = async (context: AfterPackContext): Promise<void> => {
  await flipFuses(binaryOf(context), FUSES);
};

const arches = (target: string) => ({ target, arch: ['x64' as const, 'arm64' as const] });

/** What each system gets. There is no feed for updates yet, and none is guessed. */
const SYSTEMS: Configuration = {
  protocols: [{ name: 'Email address', schemes: ['mailto'], role: 'Editor' }],
  fileAssociations: [
    { ext: 'eml', name: 'Email message', description: 'Email message', mimeType: 'message/rfc822', role: 'Viewer' },
  ],
  linux: {
    target: [arches('AppImage'), arches('deb'), arches('rpm'), { target: 'flatpak', arch: ['x64'] }],
    executableName: EXECUTABLE,
    icon: 'build/icons',
    category: 'Network;Email',
    synopsis: 'Desktop mail',
    maintainer: 'Tern <maintainer@tern.invalid>',
    desktop: { entry: { StartupWMClass: 'Tern', Keywords: 'mail;email;jmap;imap;' } },
  },
  flatpak: {
    runtimeVersion: '24.08',
    baseVersion: '24.08',
    // A window, the network, sounds and graphics. No files of the person: the portal hands over those that are chosen.
    finishArgs: [
      '--share=ipc',
      '--share=network',
      '--socket=wayland',
      '--socket=fallback-x11',
      '--socket=pulseaudio',
      '--device=dri',
      '--talk-name=org.freedesktop.Notifications',
      '--talk-name=org.freedesktop.secrets',
      '--talk-name=org.kde.StatusNotifierWatcher',
    ],
  },
  mac: {
    target: [{ target: 'dmg', arch: ['universal'] }],
    category: 'public.app-category.productivity',
    icon: 'build/icons/icon.icns',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: 'build/entitlements.mac.plist',
    entitlementsInherit: 'build/entitlements.mac.plist',
    minimumSystemVersion: '13.0',
    mergeASARs: true,
  },
  win: { target: [arches('nsis')], icon: 'build/icons/icon.ico' },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false,
  },
};

/** The configuration of electron-builder for a bundled program. */
export const packagerFor = (app: string, output: string): Configuration => ({
  appId: 'app.tern.Tern',
  productName: 'Tern',
  copyright: 'The authors of Tern, MIT license',
  electronVersion: packageJson.devDependencies.electron,
  directories: { app, output, buildResources: 'build' },
  // Everything is bundled: there are no packages to look for.
  files: ['**/*', '!**/node_modules/**'],
  asar: true,
  asarUnpack: ['native/**'],
  compression: 'normal',
  npmRebuild: false,
  publish: null,
  forceCodeSigning: false,
  // One SQLite binding, under one name for every target, so that macOS's two become one.
  beforePack: async ({ electronPlatformName, arch }) => {
    if (arch !== Arch.universal) placeBinding(app, `${electronPlatformName}-${Arch[arch]}`);
  },
  afterPack,
  electronLanguages: ['en-US'],
  ...SYSTEMS,
});
