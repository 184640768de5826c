/* Joins allauth's passkey forms to this page's buttons; what goes wrong is said in words. */
const here = document.currentScript.dataset;
const ids = {
  login: here.login,
  authenticate: document.getElementById(here.reauthenticate) ? here.reauthenticate : here.authenticate,
  add: here.add,
  credential: here.credential,
};
if (here.passwordless) ids.passwordless = here.passwordless;
if (document.getElementById(here.source)) ids.data = here.source;
document.addEventListener("allauth.error", (event) => {
  const words = document.querySelector("[data-passkey-failed]");
  if (words) words.hidden = false;
  event.preventDefault();
});
window.allauth.webauthn.forms[here.form]({ ids });
