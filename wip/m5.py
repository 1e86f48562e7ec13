import sys; sys.path.insert(0,"/work/wt/jsearch"); sys.path.insert(0,"/tmp/jb")
exec(open("/tmp/jb/m3.py").read().split("def run")[0])
from harvest_planner.transit.earliest import Earliest
from fast import *
t=time.perf_counter(); facts=[Facts(s,ag) for s in svc]; fin=Finder(facts,ag); print("facts",time.perf_counter()-t)
t=time.perf_counter(); E={d: Earliest(svc,d) for d in prov}; print("profiles ms each",1e3*(time.perf_counter()-t)/63)
def run1(ab,r):
    a,b=ab
    return list(Search(lambda x: by.get(x,()), tg[b], b, ag).chains(a,ready_h=r,within_h=0.0,waiting_per_h=ag.waiting_per_h(a,r)))
def run2(ab,r):
    a,b=ab
    return fin.search(a,b,r,ag.waiting_per_h(a,r),tg[b],E[b].arrive_h)
same=0
for ab,r in qs[:8]:
    A={tuple(s.lane.id for s in x.services):x.figures for x in run1(ab,r)}; B={tuple(f.id for f in c):fg for c,d,fg in run2(ab,r)}
    # reduce A
    keep={k for k,v in A.items() if not any(o!=k and all(x<=y for x,y in zip(A[o],v)) and any(x<y-1e-6 for x,y in zip(A[o],v)) for o in A)}
    print(len(keep),len(B),keep==set(B), keep^set(B))
rng=random.Random(9); q2=[(rng.sample(prov,2), hours_of(p.as_of)+rng.uniform(2,250)) for _ in range(300)]
ts=[]; fin.n=fin.miss=0
for ab,r in q2:
    t=time.perf_counter(); f=run2(ab,r); ts.append(time.perf_counter()-t)
ts.sort(); print("full",fin.full/300,"median ms",1e3*S.median(ts),"p90",1e3*ts[270],"p99",1e3*ts[296],"ext/query",fin.n/300,"miss/query",fin.miss/300)
ts=[]; fin.n=fin.miss=0; q3=[(ab,r+24) for ab,r in q2]
for ab,r in q3:
    t=time.perf_counter(); f=run2(ab,r); ts.append(time.perf_counter()-t)
ts.sort(); print("next day: median ms",1e3*S.median(ts),"p99",1e3*ts[296],"miss/query",fin.miss/300)
import cProfile,pstats
pr=cProfile.Profile(); pr.enable()
for ab,r in q2[:60]: run2(ab,r)
pr.disable(); pstats.Stats(pr).sort_stats("tottime").print_stats(12)
