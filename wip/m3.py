import sys; sys.path.insert(0,"/work/wt/jsearch")
import time, random, datetime as dt, statistics as S, cProfile, pstats
import harvest_planner as hp
from benchmarks.national_lanes import network
from harvest_planner.transit.network import Network
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.estimate import embargoes_of
from harvest_planner.transit.law import *
from harvest_planner.transit.search import *
from harvest_planner.transit.timetable import takes
from harvest_planner.planning.curves import curve_of
from harvest_planner.transit.instants import hours_of
from harvest_planner import catalogue
p=network(); amb=Ambient(p)
net=Network(p.lanes,place=p.place,embargoes=embargoes_of(p),ambient=amb,as_of=p.as_of,horizon_days=14)
c=curve_of(hp.crop("na-chi-lang"))
ag=Ageing(c.rate,amb)
svc=[net._service(l.id,"fresh-fruit") for l in p.lanes if takes(l,"fresh-fruit")]
by={}
for s in svc: by.setdefault(s.origin_id,[]).append(s)
prov=[x for x in catalogue.place_ids() if catalogue.province_id(x)==x]
tg={d: least_to_go(svc,d,ag) for d in prov}
rng=random.Random(5); ts=[]; ns=[]
qs=[(rng.sample(prov,2), hours_of(p.as_of)+rng.uniform(2,250)) for _ in range(60)]
def run(ab,r):
    a,b=ab
    return list(Search(lambda x: by.get(x,()), tg[b], b, ag).chains(a,ready_h=r,within_h=0.0,waiting_per_h=ag.waiting_per_h(a,r)))
pr=cProfile.Profile()
for ab,r in qs:
    t=time.perf_counter(); f=run(ab,r); ts.append(time.perf_counter()-t); ns.append(len(f))
print("median ms",1e3*S.median(ts),"p99",1e3*sorted(ts)[-1],"n",S.mean(ns))
pr.enable()
for ab,r in qs[:30]: run(ab,r)
pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(14)
