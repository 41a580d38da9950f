// Stand-ins for JSON-LD contexts that Fedify 1.10 does not bundle and would fetch from w3id.org.

const FEP = "https://w3id.org/fep";

export const CONTEXTS = {
  [`${FEP}/844e`]: { "@context": {
    implements: { "@id": `${FEP}/844e/implements`, "@type": "@id", "@container": "@set" },
  } },
  [`${FEP}/8a8e`]: { "@context": {
    attendees: `${FEP}/8a8e/attendees`,
    category: { "@id": `${FEP}/8a8e/category`, "@container": "@list" },
    displayEndTime: `${FEP}/8a8e/displayEndTime`,
    eventStatus: { "@id": `${FEP}/8a8e/eventStatus`, "@type": "@vocab" },
    EventCancelled: `${FEP}/8a8e/EventCancelled`,
    EventScheduled: `${FEP}/8a8e/EventScheduled`,
    EventTentative: `${FEP}/8a8e/EventTentative`,
    externalParticipationUrl: `${FEP}/8a8e/externalParticipationUrl`,
    joinMode: `${FEP}/8a8e/joinMode`,
    organizers: `${FEP}/8a8e/organizers`,
    timezone: `${FEP}/8a8e/timezone`,
  } },
};
