-- Searches that found nothing, counted: no search by itself, and nothing of whoever needed it. Kept for good.
CREATE TABLE unmet_need (
    -- Of the search, in Sweden, such as 2026-11-22.
    day TEXT NOT NULL,
    -- Code of the list service_type; empty where any was looked for.
    service_type TEXT NOT NULL,
    -- Two digits, where it was wanted; empty where nobody said.
    county TEXT NOT NULL,
    searches {{INTEGER}} NOT NULL CHECK (searches >= 1),
    PRIMARY KEY (day, service_type, county)
) {{CLUSTERED}};
