//! Téléphones: an owner names and revokes the shop's phones, and lets one more in.

use super::owner::{away, not_yours, outcome, reached, wrong};
use crate::{
    device::Till,
    domain::{InstallationId, Label},
    sync::wire::{DeviceAct, DeviceRow, NewCode, Qr},
    ui::{
        components::{nav, notice, rule, text_field, top},
        erase::{erase, live, on},
        format, icons,
        screens::{banners, chip, owns, require_person, till, to_decide},
    },
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};

/// What the server last said: the phones, and its clock.
type Told = Option<(Vec<DeviceRow>, i64)>;

#[derive(Clone, Copy)]
struct Desk {
    till: Till,
    reached: Memo<bool>,
    told: RwSignal<Told>,
    busy: RwSignal<bool>,
    said: RwSignal<Option<Result<String, String>>>,
    open: RwSignal<Option<InstallationId>>,
    name: RwSignal<String>,
    sure: RwSignal<bool>,
    code: RwSignal<Option<NewCode>>,
}

#[component]
pub fn Phones() -> impl IntoView {
    let till = till();
    require_person(till);
    let owner = owns(till);
    let desk = Desk {
        till,
        reached: reached(till),
        told: RwSignal::new(None),
        busy: RwSignal::new(false),
        said: RwSignal::new(None),
        open: RwSignal::new(None),
        name: RwSignal::new(String::new()),
        sure: RwSignal::new(false),
        code: RwSignal::new(None),
    };
    Effect::new(move |_| {
        if owner.get() && desk.reached.get() {
            desk.look();
        }
    });
    let inside = live(move || match (till.ready.get(), owner.get()) {
        (false, _) => ().into_any(),
        (true, false) => not_yours(),
        (true, true) => erase(view! { {away(desk.reached)} {outcome(desk.said)} {desk.add()} {desk.list()} }),
    });
    erase(view! {
        <div class="app">
            {top(Some(("/parametres", t!("Paramètres"))), t!("Téléphones").into_any(), chip(till), ().into_any())}
            <main class="page">{banners(till)} {inside}</main>
            {nav("/parametres", to_decide(till))}
        </div>
    })
}

impl Desk {
    fn look(self) {
        let Some(commands) = self.till.commands() else { return };
        spawn_local(async move {
            // The screen may be gone by now.
            match commands.devices().await {
                Ok(answer) => drop(self.told.try_set(Some((answer.devices, answer.server_now_ms)))),
                Err(error) => {
                    let _ = self.said.try_set(Some(Err(wrong(&error).to_owned())));
                    let _ = self.told.try_update(|_| ()); // a switch falls back
                }
            }
        });
    }

    fn ask(self, act: DeviceAct, done: Option<String>) {
        let Some(commands) = self.till.commands().filter(|_| !self.busy.get_untracked()) else { return };
        self.busy.set(true);
        self.said.set(None);
        spawn_local(async move {
            let became = commands.device(act).await;
            let _ = self.busy.try_set(false);
            match became {
                Err(error) => drop(self.said.try_set(Some(Err(wrong(&error).to_owned())))),
                Ok(Some(code)) => drop(self.code.try_set(Some(code))),
                Ok(None) => {
                    let _ = self.open.try_set(None);
                    let _ = self.said.try_set(done.map(Ok));
                    self.look();
                }
            }
        });
    }

    fn idle(self) -> Memo<bool> {
        Memo::new(move |_| self.reached.get() && !self.busy.get())
    }

    fn add(self) -> AnyView {
        let (costs, idle) = (RwSignal::new(false), self.idle());
        let page = StoredValue::new(self.till.commands().and_then(|commands| commands.enrolment_page()));
        let ask = move |_: MouseEvent| {
            self.ask(DeviceAct::Code { holds_costs: costs.get_untracked(), page: page.get_value() }, None);
        };
        let given = live(move || {
            self.code.get().map(|NewCode { code, ends_ms, qr }| {
                let (first, last) = code.split_at_checked(3).unwrap_or((code.as_str(), ""));
                let page = page.get_value().unwrap_or_default();
                erase(view! {
                    <div class="enrol" role="status">
                        <p class="code">{format!("{first}\u{202f}{last}")}</p>
                        {qr.map(|qr| drawn(&qr))}
                        <p>
                            {t!("Pour un seul téléphone, jusqu’à {time}.", time = format::time(ends_ms))} " "
                            {t!("Scannez ce QR code avec le nouveau téléphone, ou ouvrez-y {page} et tapez le code.", page)}
                        </p>
                    </div>
                })
            })
        });
        erase(view! {
            <section class="card" aria-labelledby="telephones-ajouter">
                <h2 id="telephones-ajouter">{t!("Ajouter un téléphone")}</h2>
                {given}
                {with_costs(Memo::new(move |_| costs.get()), true.into(), move |wanted| costs.set(wanted))}
                <button
                    class="btn btn--main btn--wide"
                    type="button"
                    disabled=live(move || !idle.get())
                    on:click=on(ask)
                >
                    {icons::smartphone()}
                    {live(move || if self.code.with(Option::is_some) { t!("Un autre code") } else { t!("Obtenir un code") })}
                </button>
            </section>
        })
    }

    fn list(self) -> AnyView {
        let own = self.till.status.with_untracked(|status| status.installation.as_ref().map(|own| own.prefix.clone()));
        let rows = live(move || {
            let Some((devices, now_ms)) = self.told.get() else { return Vec::new() };
            let one = |device: DeviceRow| {
                let here = own.as_ref() == Some(&device.prefix);
                self.row(device, here, now_ms)
            };
            devices.into_iter().map(one).collect::<Vec<AnyView>>()
        });
        let again = on(move |_: MouseEvent| self.look());
        erase(view! {
            <section class="card" aria-labelledby="telephones-liste">
                <h2 id="telephones-liste">{t!("Téléphones de la boutique")}</h2>
                <ul class="devices">{rows}</ul>
                <button
                    class="btn btn--wide"
                    type="button"
                    disabled=live(move || !self.reached.get())
                    on:click=again
                >
                    {icons::refresh_cw()} {t!("Actualiser")}
                </button>
            </section>
        })
    }

    fn row(self, device: DeviceRow, here: bool, now_ms: i64) -> AnyView {
        let id = device.installation;
        let heard = match device.last_contact_ms {
            Some(at_ms) => t!("vu {when}", when = format::ago(at_ms, now_ms)),
            None => t!("n’a encore rien envoyé").to_owned(),
        };
        let heard = match device.app.as_str() {
            "" => heard,
            app => t!("{heard} · version {app}", heard, app),
        };
        let tag = |shown: bool, class, said| shown.then(|| erase(view! { <span class=class>{said}</span> }));
        let tags = [
            tag(here, "tag", t!("ce téléphone")),
            tag(device.holds_costs, "tag", t!("prix d’achat")),
            tag(device.revoked, "tag tag--bad", t!("retiré")),
        ];
        let (name, for_form) = (device.name.clone(), device.name.clone());
        let toggle = on(move |_: MouseEvent| {
            self.sure.set(false);
            self.name.set(for_form.clone());
            self.open.update(|open| *open = if *open == Some(id) { None } else { Some(id) });
        });
        let is_open = Memo::new(move |_| self.open.get() == Some(id));
        let (holds_costs, may_revoke) = (device.holds_costs, !here && !device.revoked);
        let card = {
            let name = name.clone();
            live(move || is_open.get().then(|| self.card(id, name.clone(), holds_costs, may_revoke)))
        };
        erase(view! {
            <li>
                <p class="devices__name"><strong>{device.name}</strong>" ("{device.prefix}") "{Vec::from(tags)}</p>
                <p class="small muted">{heard}</p>
                <button
                    class="btn btn--plain"
                    type="button"
                    aria-label=t!("Modifier {name}", name)
                    aria-expanded=live(move || is_open.get().to_string())
                    on:click=toggle
                >
                    {t!("Modifier")}
                </button>
                {card}
            </li>
        })
    }

    fn card(self, id: InstallationId, name: String, holds_costs: bool, may_revoke: bool) -> AnyView {
        let idle = self.idle();
        let rename = move |event: SubmitEvent| {
            event.prevent_default();
            match Label::clean(&self.name.get_untracked()) {
                Ok(name) => {
                    let done = t!("Le téléphone s’appelle {name}.", name);
                    self.ask(DeviceAct::Rename { device: id, name }, Some(done));
                }
                Err(_) => self.said.set(Some(Err(t!("Un nom, de 100 lettres au plus.").into()))),
            }
        };
        let costs = self.costs(id, name.clone(), holds_costs);
        let revoke = may_revoke.then(|| self.revoke(id, name));
        erase(view! {
            <div class="choices">
                <form class="choices" on:submit=on(rename)>
                    {text_field("telephone-nom", t!("Nom de ce téléphone"), "100", self.name)}
                    <button class="btn btn--wide" type="submit" disabled=live(move || !idle.get())>
                        {t!("Renommer")}
                    </button>
                </form>
                {costs} {revoke}
            </div>
        })
    }

    fn costs(self, id: InstallationId, name: String, holds_costs: bool) -> AnyView {
        with_costs(Memo::new(move |_| holds_costs), self.idle().into(), move |wanted| {
            let done = match wanted {
                true => t!("{name} reçoit les prix d’achat.", name),
                false => t!("{name} n’a plus les prix d’achat.", name),
            };
            self.ask(DeviceAct::Costs { device: id, holds_costs: wanted }, Some(done));
        })
    }

    fn revoke(self, id: InstallationId, name: String) -> AnyView {
        let idle = self.idle();
        erase(live(move || match self.sure.get() {
            false => {
                let ask = on(move |_: MouseEvent| self.sure.set(true));
                erase(view! {
                    <button class="btn btn--bad btn--wide" type="button" on:click=ask>{t!("Retirer ce téléphone")}</button>
                })
            }
            true => {
                let done = t!("{name} est retiré.", name);
                let keep = on(move |_: MouseEvent| self.sure.set(false));
                let revoke = on(move |_: MouseEvent| self.ask(DeviceAct::Revoke { device: id }, Some(done.clone())));
                let told = vec![
                    t!("Il ne lit plus rien de la boutique, et ne revient qu’avec un nouveau code.").to_owned(),
                    t!("Ce qu’il n’a pas encore envoyé, il peut encore le remettre : c’est gardé à part pour vous.")
                        .to_owned(),
                    t!("Ce qu’il montre déjà reste sur lui : perdu ou volé, changez aussi les PIN.").to_owned(),
                ];
                erase(view! {
                    {notice("warn", t!("Retirer {name} ?", name), told)}
                    <div class="btns">
                        <button class="btn" type="button" on:click=keep>{t!("Garder")}</button>
                        <button
                            class="btn btn--bad"
                            type="button"
                            disabled=live(move || !idle.get())
                            on:click=revoke
                        >
                            {t!("Oui, retirer")}
                        </button>
                    </div>
                })
            }
        }))
    }
}

fn with_costs(is: Memo<bool>, idle: Signal<bool>, wish: impl FnMut(bool) + 'static) -> AnyView {
    let told = t!("Pour le téléphone d’un propriétaire : il montre aussi la marge.");
    rule(t!("Avec les prix d’achat"), told, is, idle, wish)
}

/// Dark on white in either theme: so a camera reads it.
fn drawn(qr: &Qr) -> AnyView {
    erase(view! {
        <svg
            class="qr"
            viewBox=format!("0 0 {0} {0}", qr.side)
            role="img"
            aria-label=t!("Code QR avec l’adresse et le code")
            shape-rendering="crispEdges"
        >
            <path d=qr.path.clone()></path>
        </svg>
    })
}
