//! The operator's commands end to end, without any node running.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod completion;
#[cfg(test)]
mod config_and_doctor;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod local_port;
#[cfg(test)]
mod online_without_a_node;
#[cfg(test)]
mod personal_data;
#[cfg(test)]
mod region;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod several_operators;
